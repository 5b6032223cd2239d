export type Piece = { text: string; hit: boolean }

const WORDS_MAX = 5
const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Cuts a text where words begin as somebody searched for them; accents and capitals are the reader's. */
export function marksIn(text: string, q: string): Piece[] {
  const words = q.trim().split(/\s+/).filter(Boolean).slice(0, WORDS_MAX)
  if (words.length === 0) return [{ text, hit: false }]
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.map(escaped).join('|')})`, 'giu')
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) pieces.push({ text: text.slice(from, match.index), hit: false })
    pieces.push({ text: match[0], hit: true })
    from = match.index + match[0].length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false })
  return pieces
}
