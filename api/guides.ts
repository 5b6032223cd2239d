import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { html } from 'hono/html'
import { DomainError } from '#domain/errors.ts'
import type { AppEnv } from './deps.ts'
import { markdown } from './markdown.ts'
import { PAGE_POLICY, whole } from './pages.ts'

const DOCS = join(import.meta.dirname, '../docs')
/** What a guide is called in an address, and its file and title. */
const GUIDES = new Map([
  ['quick-start', { file: 'api.md', title: 'Quick start' }],
  ['areas', { file: 'areas.md', title: 'Every area, in curl' }],
  ['webhooks', { file: 'webhooks.md', title: 'Webhooks' }],
])

/** Guides link to each other by file, as they lie in the tree. */
function hrefOf(href: string): string {
  const named = [...GUIDES].find(([, { file }]) => file === href)
  return named === undefined ? href : `/api/guides/${named[0]}`
}

/** The guides for programs, as pages of the house that they are about. */
export function guides(): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  app.get('/:name', async (c) => {
    const guide = GUIDES.get(c.req.param('name'))
    if (guide === undefined) throw new DomainError('not_found', 'There is no such guide.')
    const text = await readFile(join(DOCS, guide.file), 'utf8')
    const others = [...GUIDES].filter(([, other]) => other !== guide)
    const links = others.map(([name, { title }]) => html`<a href="/api/guides/${name}">${title}</a>`)
    c.header('Cache-Control', 'public, max-age=3600')
    c.header('Content-Security-Policy', PAGE_POLICY)
    return c.html(
      whole(
        guide.title,
        html`<nav><a href="/api/docs">API</a>${links}<a href="/problems">All problems</a></nav>
<article>${markdown(text, hrefOf)}</article>`,
      ),
    )
  })
  return app
}
