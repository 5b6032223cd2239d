import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { contractOf } from './contract/document.ts'
import type { ApiDeps, AppEnv } from './deps.ts'
import { downloads } from './downloads.ts'
import { guides } from './guides.ts'

const SWAGGER = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
const FILES = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
  ['favicon-32x32.png', 'image/png'],
])

const LINKS = [
  ['/api/guides/quick-start', 'Quick start'],
  ['/api/clients/typescript.tgz', 'TypeScript client'],
  ['/api/collections/holdfast.postman_collection.json', 'Postman collection'],
  ['/api/collections/holdfast.http', 'HTTP collection'],
  ['/problems', 'All problems'],
  ['/api/openapi.json', 'OpenAPI 3.1'],
] as const

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Holdfast API</title>
<link rel="stylesheet" href="/api/docs/swagger-ui.css">
<link rel="icon" href="/api/docs/favicon-32x32.png">
<style>
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; max-width: 1460px; margin: 0 auto; padding: 1rem 20px 0;
  font: 14px/1.6 system-ui, sans-serif; }
nav a { color: #0f6b50; text-underline-offset: 3px; }
</style>
</head>
<body>
<nav aria-label="For programs">
${LINKS.map(([href, words]) => `<a href="${href}">${words}</a>`).join('\n')}
</nav>
<div id="api"></div>
<script src="/api/docs/swagger-ui-bundle.js"></script>
<script src="/api/docs/start.js"></script>
</body>
</html>
`
const START = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#api', deepLinking: true })\n`

/**
 * The contract as OpenAPI 3.1, a page to read it, and what programs need beside it; all from our own disk, because the house
 * works offline.
 */
export function docs(app: OpenAPIHono<AppEnv>, deps: ApiDeps): void {
  let document: string | undefined
  app.get('/api/openapi.json', (c) => {
    document ??= JSON.stringify(contractOf(app, deps.settings.publicConfig.version))
    return c.body(document, 200, { 'Content-Type': 'application/json; charset=utf-8' })
  })
  app.route('/api/guides', guides())
  app.route('/api', downloads())
  app.get('/api/docs', (c) => c.html(PAGE))
  app.get('/api/docs/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }))
  app.get('/api/docs/:file', async (c) => {
    const file = c.req.param('file')
    const type = FILES.get(file)
    if (type === undefined) throw new DomainError('not_found', 'There is nothing here.')
    const bytes = await readFile(join(SWAGGER, file))
    return c.body(bytes, 200, { 'Content-Type': type, 'Cache-Control': 'public, max-age=3600' })
  })
}
