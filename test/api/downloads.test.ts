import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { openHouse } from './house.ts'
import { makeKey } from './program.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TYPESCRIPT = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
const PACKAGE = 'clients/typescript/package.json'
const folder = mkdtempSync(join(tmpdir(), 'holdfast-downloads-'))
const house = await openHouse()
after(() => rmSync(folder, { recursive: true, force: true }))

/** npm without the network, and without whatever this machine has set for it. */
const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--cache', join(folder, 'cache')], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })

/** A project of somebody else, into which the client that the API hands out is installed. */
async function install(): Promise<string> {
  const served = await house.app.request('/api/clients/typescript.tgz')
  assert.deepEqual([served.status, served.headers.get('content-type')], [200, 'application/gzip'])
  assert.match(
    served.headers.get('content-disposition')!,
    /^attachment; filename="holdfast-client-\d+\.\d+\.\d+\.tgz"$/,
  )
  const project = join(folder, 'project')
  mkdirSync(project)
  writeFileSync(join(folder, 'served.tgz'), Buffer.from(await served.arrayBuffer()))
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}')
  npm(project, 'install', '../served.tgz')
  return project
}

const PROGRAM = `
import { createHoldfast, type Holdfast, HoldfastProblem } from 'holdfast-client'
import type { Contact } from 'holdfast-client/operations'

const holdfast: Holdfast = createHoldfast({ baseUrl: 'http://holdfast.test', key: 'hf_x' })
const carla: Contact = await holdfast.call('POST /contacts', { body: { name: 'Carla', phone: '+4915112340000' } })
for await (const contact of holdfast.all('GET /contacts', { query: { q: carla.name } })) contact.phone satisfies string | null
try {
  // @ts-expect-error There is no such operation.
  await holdfast.call('GET /nothing')
  // @ts-expect-error Its path is missing.
  await holdfast.call('GET /contacts/{id}')
} catch (error) {
  if (error instanceof HoldfastProblem) error.code satisfies string
}
`

test('[INT-23] the client comes from the API, is installed by npm, calls that API, and tells compilers and bundlers its types', async () => {
  const project = await install()
  const installed = createRequire(join(project, 'program.js')).resolve('holdfast-client')
  const { createHoldfast } = (await import(
    pathToFileURL(installed).href
  )) as typeof import('../../clients/typescript/client.ts')
  const owner = await house.owner()
  const { secret } = await makeKey(owner, { permissions: ['contacts.read', 'contacts.write'] })
  const fetch = async (url: string, init: RequestInit) => house.app.request(url, init)
  const holdfast = createHoldfast({ baseUrl: 'http://holdfast.test', key: secret, fetch })
  const carla = await holdfast.call('POST /contacts', { body: { name: 'Carla', phone: '+4915112340001' } })
  const names: string[] = []
  for await (const { name } of holdfast.all('GET /contacts')) names.push(name)
  assert.deepEqual([carla.name, names], ['Carla', ['Carla']])
  await assert.rejects(holdfast.call('GET /flows'), { name: 'HoldfastProblem', status: 403, code: 'forbidden' })

  writeFileSync(join(project, 'program.ts'), PROGRAM)
  const strict = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--lib', 'es2022,dom']
  for (const [module, resolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ] as const) {
    const how = ['--module', module, '--moduleResolution', resolution]
    execFileSync(process.execPath, [TYPESCRIPT, ...strict, ...how, 'program.ts'], { cwd: project, stdio: 'pipe' })
  }
})

test('[INT-23] the client has the version and the license of the house, and npm would pack what the API does', async () => {
  const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as Record<string, unknown>
  const [client, own] = [read(PACKAGE), read('package.json')]
  assert.deepEqual([client['version'], client['license']], [own['version'], own['license']])
  const [packed] = JSON.parse(npm(join(ROOT, 'clients/typescript'), 'pack', '--dry-run', '--json')) as {
    files: { path: string }[]
  }[]
  writeFileSync(
    join(folder, 'list.tgz'),
    Buffer.from(await (await house.app.request('/api/clients/typescript.tgz')).arrayBuffer()),
  )
  const served = execFileSync('tar', ['-tzf', join(folder, 'list.tgz')], { encoding: 'utf8' })
  const names = (paths: readonly string[]) => paths.map((path) => path.replace(/^package\//, '')).sort()
  assert.deepEqual(names(served.trim().split('\n')), names(packed!.files.map(({ path }) => path)))
})

test('[INT-23] the page of the API leads to the quick start, the client, both collections and all problems', async () => {
  const page = await (await house.app.request('/api/docs')).text()
  const links = [...page.matchAll(/<a href="([^"]+)"/g)].map(([, href]) => href!)
  const wanted = ['guides/quick-start', 'clients/typescript.tgz', 'collections/holdfast.http']
  for (const place of [...wanted.map((path) => `/api/${path}`), '/problems']) assert.ok(links.includes(place), place)
  for (const href of links) assert.equal((await house.app.request(href)).status, 200, href)
  for (const name of ['holdfast.postman_collection.json', 'holdfast.http']) {
    const served = await house.app.request(`/api/collections/${name}`)
    assert.equal(await served.text(), readFileSync(join(ROOT, 'clients/http', name), 'utf8'))
    assert.equal(served.headers.get('content-disposition'), `attachment; filename="${name}"`)
  }
  for (const path of [
    'collections/constructor',
    'collections/..%2fpackage.json',
    'docs/constructor',
    'guides/README.md',
  ]) {
    assert.equal((await house.app.request(`/api/${path}`)).status, 404, path)
  }
})

test('[INT-23] the guides are pages: all of their words and commands, nothing that runs, links that lead on', async () => {
  for (const [name, file] of Object.entries({ 'quick-start': 'api.md', areas: 'areas.md', webhooks: 'webhooks.md' })) {
    const answer = await house.app.request(`/api/guides/${name}`)
    const policy = answer.headers.get('content-security-policy')!
    assert.ok(policy.includes("default-src 'none'") && !/script|unsafe/.test(policy), name)
    const page = await answer.text()
    const shown = page
      .replace(/<[^>]+>/g, '')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
    const guide = readFileSync(join(ROOT, 'docs', file), 'utf8')
    for (const [, command] of guide.matchAll(/^```\w*\n([\s\S]*?)^```$/gm))
      assert.ok(shown.includes(command!.trim()), command)
    for (const [, heading] of guide.matchAll(/^#+ (.*)$/gm)) {
      if (!/^\w+=|^\/\//.test(heading!)) assert.ok(shown.includes(heading!.replaceAll('`', '')), heading)
    }
    assert.ok(!/^(#|\||- |```)/m.test(page.replace(/<pre[\s\S]*?<\/pre>/g, '')), `${name} shows its marks`)
    for (const [, href] of page.matchAll(/<a href="(\/[^"]+)"/g)) {
      assert.equal((await house.app.request(href!)).status, 200, href)
    }
    assert.ok(!/href="[\w-]+\.md"/.test(page), `${name} leads to a file of the tree`)
  }
})
