import { Hono } from 'hono'
import { accepts } from 'hono/accepts'
import { html } from 'hono/html'
import { DomainError, ERRORS, type ErrorCode } from '#domain/errors.ts'
import { exampleProblem, PROBLEM_CODES, PROBLEMS, titleOf } from '#domain/problems/catalogue.ts'
import type { ApiDeps, AppEnv } from './deps.ts'
import { type Markup, PAGE_POLICY, whole } from './pages.ts'

/** Sentences of the catalogue mark names as Markdown does: with backticks. */
const marked = (sentence: string): (string | Markup)[] =>
  sentence.split('`').map((piece, index) => (index % 2 === 1 ? html`<code>${piece}</code>` : piece))

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
<table class="catalogue">
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
    c.header('Content-Security-Policy', PAGE_POLICY)
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
