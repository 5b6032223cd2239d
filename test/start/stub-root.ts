import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Processes that do nothing but be there: the start is what is tried, not what it starts. */
const SERVER = `
import { createServer } from 'node:http'
const port = Number(process.argv[process.argv.indexOf('--port') + 1] ?? 0) || Number(process.env.HOLDFAST_APP_PORT)
createServer((request, response) => {
  const told = ['DATABASE_URL', 'HOLDFAST_DATABASE_MIGRATE_URL', 'HOLDFAST_DATABASE_APP_URL', 'HOLDFAST_ROOT_KEY']
  response.end(JSON.stringify(Object.fromEntries(told.map((name) => [name, process.env[name] ?? '']))))
}).listen(port, '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
`
const QUIET = `
process.send('ready')
setInterval(() => {}, 1_000)
process.once('SIGTERM', () => process.exit(0))
`

const ENTRIES: Readonly<Record<string, string>> = {
  'api/server.ts': SERVER,
  'worker/dispatcher.ts': QUIET,
  'worker/main.ts': QUIET,
  'simulators/whatsapp/main.ts': SERVER,
  'simulators/mail/main.ts': SERVER,
}

/** A checkout in which every process of ours is a stub; what is handed in replaces one. */
export function stubRoot(entries: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'holdfast-test-root-'))
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }')
  for (const [path, text] of Object.entries({ ...ENTRIES, ...entries })) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}
