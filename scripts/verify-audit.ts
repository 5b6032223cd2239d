// `npm run audit:verify`: walks the audit chains of all tenants and of the platform, and names the first line of each that is
// not as it was written.
// With `--anchors <file>` the chain must also pass through the ends that the dispatcher wrote down outside the database.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createPlatformDb } from '#infra/db/platform.ts'
import { type AuditHead, auditHeads, verifyChain } from '#infra/db/stores/audit-chain.ts'
import { type ChainPlace, PLATFORM_CHAIN, platformChain, tenantChain } from '#infra/db/stores/audit-chain-places.ts'
import { createDb } from '#infra/db/tx.ts'
import { readEnv } from '#infra/env.ts'
import { readJson } from './start/data-dir.ts'
import type { Secrets } from './start/secrets.ts'

const env = readEnv()
const dataDir = env.dataDir ?? '.holdfast'

type Addresses = { appUrl: string; relayUrl: string; platformUrl: string | undefined }

/** The addresses that were given, else those of the house that runs on this machine. */
function addresses(): Addresses {
  const { databaseAppUrl: appUrl, databaseRelayUrl: relayUrl, databasePlatformUrl: platformUrl } = env
  if (appUrl !== undefined && relayUrl !== undefined) return { appUrl, relayUrl, platformUrl }
  const secrets = readJson<Secrets>(join(dataDir, 'secrets.json'))
  const port = readJson<{ ports: Record<string, number> }>(join(dataDir, 'holdfast.json'))?.ports['postgresPort']
  if (secrets === undefined || port === undefined) {
    console.error('Name the database by HOLDFAST_DATABASE_APP_URL and HOLDFAST_DATABASE_RELAY_URL, or start the house.')
    process.exit(2)
  }
  const urlOf = (role: 'app' | 'relay' | 'platform') => {
    const password = secrets.database[role]
    return password && `postgres://holdfast_${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/holdfast`
  }
  return { appUrl: urlOf('app')!, relayUrl: urlOf('relay')!, platformUrl: urlOf('platform') }
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

const { platformUrl, ...urls } = addresses()
const db = createDb({ ...urls, poolSize: 4, relayPoolSize: 1 })
const platform = platformUrl === undefined ? undefined : createPlatformDb({ url: platformUrl })
const anchors = readAnchors()

function placeOf(name: string): ChainPlace | undefined {
  if (name !== PLATFORM_CHAIN) return tenantChain(db, name)
  return platform && platformChain(platform)
}

/** @returns whether the chain is whole. */
async function verify(name: string): Promise<boolean> {
  const place = placeOf(name)
  if (place === undefined) {
    console.error(`${name}: NOT READ; name its database by HOLDFAST_DATABASE_PLATFORM_URL`)
    return false
  }
  const verdict = await verifyChain(place, { anchors: anchors.get(name) ?? [], nowMs: Date.now() })
  const { broken, lines, gone, head } = verdict
  if (broken === undefined) {
    console.log(`${name}: ${lines} lines, whole; ${gone} gone by retention; ends at ${head.hash.slice(0, 16)}`)
    return true
  }
  console.error(`${name}: BROKEN at line ${broken.seq} (${broken.auditId ?? 'no row'}): ${broken.fault}`)
  return false
}

const known = new Set([...(await db.relay(auditHeads)).map(({ tenantId }) => tenantId), ...anchors.keys()])
let brokenCount = 0
for (const name of known) if (!(await verify(name))) brokenCount += 1
await Promise.all([db.close(), platform?.close()])
if (known.size === 0) console.log('Nobody has an audit log yet.')
process.exitCode = brokenCount === 0 ? 0 : 1
