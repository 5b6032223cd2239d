export type Mark = 'bold' | 'italic' | 'strike' | 'code' | 'mono'
export type Token =
  | { kind: 'text'; text: string }
  | { kind: 'link'; href: string; text: string }
  | { kind: Mark; tokens: Token[] }

const DELIMITERS: readonly { mark: Mark; sign: string; raw: boolean }[] = [
  { mark: 'mono', sign: '```', raw: true },
  { mark: 'code', sign: '`', raw: true },
  { mark: 'bold', sign: '*', raw: false },
  { mark: 'italic', sign: '_', raw: false },
  { mark: 'strike', sign: '~', raw: false },
]
const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/iu
const WORD = /[\p{L}\p{N}]/u
const DEPTH_MAX = 4

/**
 * WhatsApp's own mark-up (`*bold*`, `_italic_`, `~strike~`, code) and links as tokens, never as HTML: what a contact
 * writes cannot become part of the page.
 */
export function parseMarkup(text: string, depth = 0): Token[] {
  if (depth >= DEPTH_MAX) return text ? [{ kind: 'text', text }] : []
  const tokens: Token[] = []
  let plainFrom = 0
  const flush = (to: number) => {
    if (to > plainFrom) tokens.push(...withLinks(text.slice(plainFrom, to)))
  }
  for (let at = 0; at < text.length; at += 1) {
    const found = markAt(text, at)
    if (!found) continue
    flush(at)
    const inner = text.slice(at + found.sign.length, found.close)
    tokens.push({
      kind: found.mark,
      tokens: found.raw ? [{ kind: 'text', text: inner }] : parseMarkup(inner, depth + 1),
    })
    at = found.close + found.sign.length - 1
    plainFrom = at + 1
  }
  flush(text.length)
  return tokens
}

function markAt(text: string, at: number): ((typeof DELIMITERS)[number] & { close: number }) | undefined {
  const delimiter = DELIMITERS.find(({ sign }) => text.startsWith(sign, at))
  if (!delimiter) return undefined
  const { sign } = delimiter
  const before = text[at - 1] ?? ' '
  const after = text[at + sign.length] ?? ' '
  if (WORD.test(before) || (sign !== '```' && /\s/.test(after))) return undefined
  for (let close = text.indexOf(sign, at + sign.length + 1); close !== -1; close = text.indexOf(sign, close + 1)) {
    if (sign !== '```' && text.slice(at, close).includes('\n')) return undefined
    const next = text[close + sign.length] ?? ' '
    if (!/\s/.test(text[close - 1] ?? ' ') && !WORD.test(next)) return { ...delimiter, close }
  }
  return undefined
}

function withLinks(text: string): Token[] {
  const tokens: Token[] = []
  let rest = text
  for (let match = LINK.exec(rest); match; match = LINK.exec(rest)) {
    if (match.index > 0) tokens.push({ kind: 'text', text: rest.slice(0, match.index) })
    tokens.push({ kind: 'link', href: match[0], text: match[0] })
    rest = rest.slice(match.index + match[0].length)
  }
  if (rest) tokens.push({ kind: 'text', text: rest })
  return tokens
}

/** One to three emoji and nothing else are shown large, as on a phone. */
export function isOnlyEmoji(text: string): boolean {
  const trimmed = text.trim()
  if (trimmed === '' || trimmed.length > 40 || /[\p{L}\p{N}]/u.test(trimmed.replace(/\uFE0F|\u20E3/g, ''))) return false
  const graphemes = [...new Intl.Segmenter().segment(trimmed)].map((part) => part.segment).filter((part) => part.trim())
  return (
    graphemes.length <= 3 && graphemes.every((part) => /\p{Extended_Pictographic}|\p{Regional_Indicator}/u.test(part))
  )
}
