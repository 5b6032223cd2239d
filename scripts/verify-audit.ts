// `npm run audit:verify`: walks the audit chain of every tenant and names the first line that is not as it was written.
// With `--anchors <file>` the chain must also pass through the ends that the dispatcher wrote down outside the database.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AuditHead, auditHeads, verifyAuditChain } from '#infra/db/stores/audit-chain.ts'
import { createDb } from '#infra/db/tx.ts'
import { readEnv } from '#infra/env.ts'
import { readJson } from './start/data-dir.ts'
import type { Secrets } from './start/secrets.ts'

const env = readEnv()
const dataDir = env.dataDir ?? '.holdfast'

/** The addresses that were given, else those of the house that runs on this machine. */
function addresses(): { appUrl: string; relayUrl: string } {
  const { databaseAppUrl: appUrl, databaseRelayUrl: relayUrl } = env
  if (appUrl !== undefined && relayUrl !== undefined) return { appUrl, relayUrl }
  const secrets = readJson<Secrets>(join(dataDir, 'secrets.json'))
  const port = readJson<{ ports: Record<string, number> }>(join(dataDir, 'holdfast.json'))?.ports['postgresPort']
  if (secrets === undefined || port === undefined) {
    console.error('Name the database by HOLDFAST_DATABASE_APP_URL and HOLDFAST_DATABASE_RELAY_URL, or start the house.')
    process.exit(2)
  }
  const url = (role: 'app' | 'relay') =>
    `postgres://holdfast_${role}:${encodeURIComponent(secrets.database[role])}@127.0.0.1:${port}/holdfast`
  return { appUrl: url('app'), relayUrl: url('relay') }
}

function readAnchors(): Map<string, AuditHead[]> {
  const at = process.argv.indexOf('--anchors')
  const file = at === -1 ? join(dataDir, 'audit-heads.jsonl') : process.argv[at + 1]!
  if (!existsSync(file)) return new Map()
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return Map.groupBy(
    lines.map((line) => JSON.parse(line) as AuditHead),
    ({ tenantId }) => tenantId,
  )
}

const db = createDb({ ...addresses(), poolSize: 4, relayPoolSize: 1 })
const anchors = readAnchors()
const known = new Set([...(await db.relay(auditHeads)).map(({ tenantId }) => tenantId), ...anchors.keys()])
let brokenCount = 0
for (const tenantId of known) {
  const verdict = await verifyAuditChain(db, { tenantId, anchors: anchors.get(tenantId) ?? [], nowMs: Date.now() })
  const { broken, lines, gone, head } = verdict
  if (broken === undefined) {
    console.log(`${tenantId}: ${lines} lines, whole; ${gone} gone by retention; ends at ${head.hash.slice(0, 16)}`)
    continue
  }
  brokenCount += 1
  console.error(`${tenantId}: BROKEN at line ${broken.seq} (${broken.auditId ?? 'no row'}): ${broken.fault}`)
}
await db.close()
if (known.size === 0) console.log('No tenant has an audit log yet.')
process.exitCode = brokenCount === 0 ? 0 : 1
