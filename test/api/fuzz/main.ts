/*
 * Holds the API against its own contract with schemathesis, which must be on the PATH (`pip install schemathesis`):
 *   node test/api/fuzz/main.ts [key|person] [arguments of schemathesis run]
 * It serves the whole API on a database of its own with one furnished tenant, and asks as a key with every scope, or as a
 * person who owns the tenant and runs the installation. It fails when something is found that is not by design.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHttpServer, listen, stopListening } from '#api/http-server.ts'
import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { createFileStore } from '#infra/media/store.ts'
import { createChannelConnections } from '#infra/providers/channel-connections.ts'
import { furnish } from '../furniture.ts'
import { type Browser, buildHouse, type House, ORIGIN } from '../house.ts'
import { makeKey, setLimits } from '../program.ts'
import { type Finding, readReport } from './report.ts'

/** Guards stay as they are; the tenant has a plan under which a fuzzer gets through. */
const ROOMY = 100_000_000
const COUNTED = ['apiCalls', 'contacts', 'tags', 'roles', 'calendars', 'flows', 'customFields', 'webhooks', 'members']
const RATES = ['requestsPerMinute', 'keyRequestsPerMinute', 'personRequestsPerMinute']
const PLAN = Object.fromEntries([...COUNTED, ...RATES, 'channels', 'apiKeys'].map((figure) => [figure, ROOMY]))

/** What ends the session that is asked with, and streams that do not end. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  key: ['/api/v1/events/stream'],
  person: ['/api/v1/events/stream', '/api/v1/auth/sign-out', '/api/v1/auth/sessions/{id}', '/api/v1/me/tenant'],
}

/** How schemathesis comes in: its settings know the two schemes of the contract by their names. */
async function authOf(house: House, owner: Browser, as: string): Promise<string> {
  if (as === 'key') {
    const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
    return `[auth.openapi.apiKey]\nbearer = "${secret}"\n`
  }
  await house.admin('insert into platform.administrators (person_id) values ($1)', [owner.personId])
  const cookie = owner.cookies.get('holdfast.session_token')
  return `[headers]\nOrigin = "${ORIGIN}"\n\n[auth.openapi.session]\napi_key = "${cookie}"\n`
}

/** A provider that knows nobody, so that no request waits for one that is not there. */
async function openProvider(): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => {
    const error = { message: 'Invalid OAuth access token.', type: 'OAuthException', code: 190 }
    response.writeHead(401, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { url: `http://127.0.0.1:${address.port}`, close: () => server.close() }
}

/** Each request comes from an address of its own: the bound on addresses is there, and is not what is met. */
async function serve(house: House) {
  let count = 0
  const nextAddress = () => {
    count += 1
    return `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`
  }
  const server = createHttpServer({
    fetch: (request) => {
      const bindings = { incoming: { socket: { remoteAddress: nextAddress() } } }
      return house.app.fetch(request, bindings as never)
    },
    secure: false,
  })
  const port = await listen(server, { host: '127.0.0.1', port: 0 })
  return { url: `http://127.0.0.1:${port}`, close: () => stopListening(server, 1_000) }
}

const shown = ({ operation, check, message, request, status, answer }: Finding) =>
  `\n${operation}: ${check}\n  ${message.replaceAll('\n', ' ')}\n  ${request.slice(0, 400)}\n  ${status} ${answer.slice(0, 600)}`

async function fuzz(as: string, more: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fuzz-'))
  const reports = join(folder, 'reports')
  mkdirSync(reports)
  const house = await buildHouse()
  const provider = await openProvider()
  house.deps.media = createFileStore(join(folder, 'media'))
  house.deps.channels = createChannelConnections({
    db: house.deps.db,
    keyRing: house.deps.keyRing,
    clock: house.deps.clock,
    settings: { graph: { baseUrl: provider.url, version: 'v25.0' }, publicUrl: ORIGIN },
  })
  const owner = await house.owner()
  await furnish(house, owner)
  await setLimits(house, owner.tenantId, PLAN)
  // A NUL is refused everywhere, which no schema says of every text.
  const settings = `[generation]\nallow-x00 = false\n\n${await authOf(house, owner, as)}`
  writeFileSync(join(folder, 'schemathesis.toml'), settings)
  const { url, close } = await serve(house)
  const leftOut = (LEFT_OUT[as] ?? []).flatMap((path) => ['--exclude-path', path])
  const report = ['--report', 'ndjson', '--report-dir', reports]
  const asked = ['run', `${url}/api/openapi.json`, '--continue-on-failure', ...report, ...leftOut, ...more]
  const child = spawn('schemathesis', asked, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  await once(child, 'exit')
  const [file] = readdirSync(reports)
  if (file === undefined) throw new Error('schemathesis has written no report')
  const { byDesign, faults, errors } = readReport(join(reports, file))
  for (const finding of faults) console.log(shown(finding))
  for (const error of errors) console.log(JSON.stringify(error))
  for (const { fields, message } of house.logged.filter(({ message }) => message === 'request failed')) {
    if (fields['code'] === 'internal_error') console.error(message, fields)
  }
  console.log(`\n${faults.length} faults, ${errors.length} errors, ${byDesign.length} by design`)
  await close()
  provider.close()
  await house.close()
  rmSync(folder, { recursive: true, force: true })
  return faults.length + errors.length
}

const [as = 'key', ...more] = process.argv.slice(2)
if (spawnSync('schemathesis', ['--version']).error !== undefined) {
  console.error('schemathesis is not on the PATH: pip install schemathesis')
  process.exitCode = 1
} else {
  process.exitCode = (await fuzz(as, more)) === 0 ? 0 : 1
}
