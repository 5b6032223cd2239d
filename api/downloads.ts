import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { Hono } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { type TarFile, tarOf } from '#infra/media/tar.ts'
import type { AppEnv } from './deps.ts'

const CLIENTS = join(import.meta.dirname, '../clients')
const PACKAGE = join(CLIENTS, 'typescript')
/** What npm packs beside what a package names itself. */
const ALWAYS = ['package.json', 'README.md']

async function* filesOf(names: readonly string[]): AsyncGenerator<TarFile> {
  for (const name of names) {
    const content = await readFile(join(PACKAGE, name))
    yield { name: `package/${name}`, content, sizeBytes: content.length, atMs: 0 }
  }
}

/** The client as `npm pack` would make it, the same bytes each time: `npm install` takes it by its address. */
async function packed(): Promise<{ fileName: string; bytes: Buffer<ArrayBuffer> }> {
  const { name, version, files } = JSON.parse(await readFile(join(PACKAGE, 'package.json'), 'utf8')) as {
    name: string
    version: string
    files: string[]
  }
  const tar = await buffer(tarOf(filesOf([...ALWAYS, ...files])))
  return { fileName: `${name}-${version}.tgz`, bytes: gzipSync(tar) }
}

const COLLECTIONS = new Map([
  ['holdfast.postman_collection.json', 'application/json; charset=utf-8'],
  ['holdfast.http', 'text/plain; charset=utf-8'],
])

const headersOf = (type: string, fileName: string) => ({
  'Content-Type': type,
  'Content-Disposition': `attachment; filename="${fileName}"`,
  'Cache-Control': 'public, max-age=3600',
})

/** What programs take with them: the client for TypeScript and the collections, of the same version as this API. */
export function downloads(): Hono<AppEnv> {
  let client: Awaited<ReturnType<typeof packed>> | undefined
  const app = new Hono<AppEnv>()
  app.get('/clients/typescript.tgz', async (c) => {
    client ??= await packed()
    const { bytes, fileName } = client
    return c.body(bytes, 200, headersOf('application/gzip', fileName))
  })
  app.get('/collections/:file', async (c) => {
    const file = c.req.param('file')
    const type = COLLECTIONS.get(file)
    if (type === undefined) throw new DomainError('not_found', 'There is no such collection.')
    return c.body(await readFile(join(CLIENTS, 'http', file)), 200, headersOf(type, file))
  })
  return app
}
