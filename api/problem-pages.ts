import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { html, raw } from 'hono/html'
import { DomainError, ERRORS, type ErrorCode } from '#domain/errors.ts'
import { exampleProblem, PROBLEM_CODES, PROBLEMS, titleOf } from '#domain/problems/catalogue.ts'
import type { ApiDeps, AppEnv } from './deps.ts'

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
@media (max-width: 48rem) { main { padding-top: 1.5rem; } th:nth-child(3), td:nth-child(3) { display: none; }
  td:first-child { white-space: normal; } }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
/** Nothing runs on these pages, and nothing is loaded. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

type Markup = ReturnType<typeof html>

/** Sentences of the catalogue mark names as Markdown does: with backticks. */
const marked = (sentence: string): (string | Markup)[] =>
  sentence.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece))

const whole = (title: string, content: Markup): Markup => html`<!doctype html>
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

const retried = (code: ErrorCode) =>
  ERRORS[code].retry ? 'The same request may succeed later' : 'The same request is refused again'

function codePage(code: ErrorCode, origin: string): Markup {
  const { means, when, wayOut, retryAfterSeconds } = PROBLEMS[code]
  const head = retryAfterSeconds === undefined ? '' : `\nRetry-After: ${retryAfterSeconds}`
  const example = JSON.stringify(exampleProblem(code, origin), null, 2)
  return whole(
    titleOf(code),
    html`<nav><a href="/problems">All problems</a><a href="/api/docs">API</a></nav>
<h1>${titleOf(code)}</h1>
<ul class="facts"><li><code>${code}</code></li><li>HTTP ${ERRORS[code].status}</li><li>${retried(code)}</li></ul>
<p>${marked(means)}</p>
<h2>When it happens</h2>
<p>${marked(when)}</p>
<h2>What to do</h2>
<p>${marked(wayOut)}</p>
<h2>Example</h2>
<pre tabindex="0"><code>HTTP/1.1 ${ERRORS[code].status}
Content-Type: application/problem+json${head}

${example}</code></pre>`,
  )
}

/** On a narrow screen a code is broken where its words end. */
const broken = (code: ErrorCode) => code.split('_').map((word, index) => (index === 0 ? word : html`_<wbr>${word}`))

function listPage(): Markup {
  const rows = PROBLEM_CODES.map(
    (code) =>
      html`<tr><td><a href="/problems/${code}"><code>${broken(code)}</code></a></td><td>${ERRORS[code].status}</td><td>${ERRORS[code].retry ? 'yes' : 'no'}</td><td>${marked(PROBLEMS[code].means)}</td></tr>`,
  )
  return whole(
    'Problems',
    html`<nav><a href="/api/docs">API</a></nav>
<h1>Problems</h1>
<p>Every refusal of the API is <code>application/problem+json</code>. Its <code>type</code> leads to one of these pages; its
<code>code</code> is for programs and never changes its meaning.</p>
<table>
<thead><tr><th>Code</th><th>Status</th><th>Retry</th><th>Meaning</th></tr></thead>
<tbody>${rows}</tbody>
</table>`,
  )
}

const entryOf = (code: ErrorCode, origin: string) => {
  const { means, when, wayOut } = PROBLEMS[code]
  const { status, retry } = ERRORS[code]
  const example = exampleProblem(code, origin)
  return { type: example.type, code, title: titleOf(code), status, retry, means, when, wayOut, example }
}

const isCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text)

/** What each `code` of a problem means, as a page and as JSON: where the `type` of a problem leads. */
export function problemPages({ settings }: ApiDeps): Hono<AppEnv> {
  const origin = settings.origins[0] ?? ''
  const app = new Hono<AppEnv>()
  app.use(async (c, next) => {
    await next()
    c.header('Vary', 'Accept')
    c.header('Cache-Control', 'public, max-age=3600')
    c.header('Content-Security-Policy', POLICY)
  })
  const wantsPage = (c: Parameters<typeof accepts>[0]) =>
    accepts(c, { header: 'Accept', supports: ['text/html', 'application/json'], default: 'application/json' }) ===
    'text/html'
  app.get('/', (c) =>
    wantsPage(c) ? c.html(listPage()) : c.json({ items: PROBLEM_CODES.map((code) => entryOf(code, origin)) }),
  )
  app.get('/:code', (c) => {
    const code = c.req.param('code')
    if (!isCode(code)) throw new DomainError('not_found', 'There is no such problem.')
    return wantsPage(c) ? c.html(codePage(code, origin)) : c.json(entryOf(code, origin))
  })
  return app
}
