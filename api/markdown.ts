import { html } from 'hono/html'
import type { Markup } from './pages.ts'

/** Code, *words* and links, as our guides write them. */
const INLINE = /`([^`]+)`|\*([^*]+)\*|\[([^\]]+)\]\(([^)\s]+)\)/g
/** Code between fences, or lines up to the next empty one. */
const BLOCKS = /^```.*\n([\s\S]*?)^```$|(?:^.+(?:\n|$))+/gm

type Piece = string | Markup

function inline(text: string, hrefOf: (href: string) => string): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { 0: whole, 1: code, 2: words, 3: label, 4: href = '', index } of text.matchAll(INLINE)) {
    pieces.push(text.slice(at, index))
    if (code !== undefined) pieces.push(html`<code>${code}</code>`)
    else if (words !== undefined) pieces.push(html`<em>${words}</em>`)
    else pieces.push(html`<a href="${hrefOf(href)}">${label}</a>`)
    at = index + whole.length
  }
  return [...pieces, text.slice(at)]
}

/**
 * The part of Markdown that our own guides are written in: headings, paragraphs, fenced code, plain lists and tables. What
 * it does not know stays the text that it is.
 *
 * @param hrefOf where a link of the guide leads on the page.
 */
export function markdown(text: string, hrefOf: (href: string) => string): Markup[] {
  const line = (words: string) => inline(words, hrefOf)
  const row = (cells: string) =>
    cells
      .slice(1, -1)
      .split('|')
      .map((cell) => line(cell.trim()))
  return [...text.matchAll(BLOCKS)].map(([whole, code]) => {
    if (code !== undefined) return html`<pre tabindex="0"><code>${code.trimEnd()}</code></pre>`
    const block = whole.trim()
    if (block.startsWith('# ')) return html`<h1>${line(block.slice(2))}</h1>`
    if (block.startsWith('## ')) return html`<h2>${line(block.slice(3))}</h2>`
    if (block.startsWith('- ')) {
      return html`<ul>${block
        .slice(2)
        .split(/\n- /)
        .map((item) => html`<li>${line(item)}</li>`)}</ul>`
    }
    if (!block.startsWith('|')) return html`<p>${line(block)}</p>`
    const [head = '', , ...rows] = block.split('\n')
    return html`<table><thead><tr>${row(head).map((cell) => html`<th>${cell}</th>`)}</tr></thead>
<tbody>${rows.map((cells) => html`<tr>${row(cells).map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`
  })
}
