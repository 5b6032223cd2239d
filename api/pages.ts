import { createHash } from 'node:crypto'
import { html, raw } from 'hono/html'

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c1917, #f5f5f4); --quiet: light-dark(#57534e, #a8a29e);
  --line: light-dark(#e7e5e4, #292524); --ground: light-dark(#ffffff, #0c0a09); --sunken: light-dark(#f5f5f4, #1c1917);
  --brand: light-dark(#0f6b50, #5cc9a4); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, 'Segoe UI', sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
nav { font-size: 0.875rem; display: flex; gap: 1.25rem; flex-wrap: wrap; }
a { color: var(--brand); text-underline-offset: 3px; }
a:focus-visible { outline: 2px solid var(--brand); outline-offset: 3px; border-radius: 2px; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 1.5rem 0 0.25rem; }
h2 { font-size: 0.8125rem; font-weight: 600; color: var(--quiet); margin: 1.75rem 0 0.25rem; }
p { margin: 0.25rem 0; }
.facts { display: flex; flex-wrap: wrap; gap: 0.5rem; margin: 0.75rem 0 1.25rem; padding: 0; list-style: none;
  font-size: 0.875rem; }
.facts li { border: 1px solid var(--line); border-radius: 999px; padding: 0.125rem 0.75rem; }
code, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.875em; }
p code { background: var(--sunken); border-radius: 4px; padding: 0.1em 0.3em; overflow-wrap: anywhere; }
pre { background: var(--sunken); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; overflow-x: auto;
  line-height: 1.5; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; margin-top: 1.5rem; }
td, th { text-align: start; vertical-align: top; padding: 0.5rem 1rem 0.5rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--quiet); font-size: 0.8125rem; }
main:has(table) { max-width: 56rem; }
td:first-child { white-space: nowrap; }
article h2 { font-size: 1.25rem; color: inherit; margin: 2.25rem 0 0.5rem; }
article p, article ul, article pre, article table { margin: 0.75rem 0; }
@media (max-width: 48rem) { main { padding-top: 1.5rem; } td:first-child { white-space: normal; }
  .catalogue :is(th, td):nth-child(3) { display: none; } }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
/** Nothing runs on these pages, and nothing is loaded. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

export type Markup = ReturnType<typeof html>

/** A page that the API itself shows. */
export const whole = (title: string, content: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Holdfast API</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<main>${content}</main>
</body>
</html>
`
