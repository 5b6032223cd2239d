import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDb, type Db } from '#infra/db/tx.ts'
import { readEnv } from '#infra/env.ts'
import type { Endpoints } from '../../scripts/start/house.ts'
import type { Secrets } from '../../scripts/start/secrets.ts'
import { startHouse } from '../support/house.ts'
import { openTarget, type Target } from './deliveries.ts'

/** The whole product, as `npm start` brings it up, in a folder of its own that goes away with it. */
export type WholeHouse = {
  /** As `endpoints.json` says now: pids change when a part was restarted. */
  endpoints: () => Endpoints
  dataPath: string
  secrets: Secrets
  /** The superuser's address: an independent look at the rows, past every wall. */
  adminUrl: string
  temporalNamespace: string
  /** A server outside the house, which it may call though it is on the loopback. */
  target: Target
  stop: () => Promise<void>
}

/** Brings up everything on free ports, without demo data and without the web app. */
export async function openHouse(
  say: (text: string) => void,
  settings: Record<string, string> = {},
): Promise<WholeHouse> {
  const target = await openTarget()
  const env = { HOLDFAST_LOG_LEVEL: 'warn', HOLDFAST_ALLOWED_ORIGINS: target.origin, ...settings }
  const house = await startHouse({ args: ['--no-demo', '--no-web'], env })
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(house.dataDir, file), 'utf8')) as T
  const secrets = read<Secrets>('secrets.json')
  const port = read<{ ports: Record<string, number> }>('holdfast.json').ports['postgresPort']!
  say(`The house is up: ${house.endpoints().app}`)
  return {
    endpoints: house.endpoints,
    dataPath: house.dataDir,
    secrets,
    adminUrl: `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port}/holdfast`,
    temporalNamespace: readEnv().temporalNamespace,
    target,
    async stop() {
      await house.stop()
      target.close()
    },
  }
}

/** The stores over the house's own database, as its processes use them. */
export function openStores({ adminUrl, secrets }: Pick<WholeHouse, 'adminUrl' | 'secrets'>): Db {
  const url = (role: 'app' | 'relay') =>
    Object.assign(new URL(adminUrl), { username: `holdfast_${role}`, password: secrets.database[role] }).href
  return createDb({ appUrl: url('app'), relayUrl: url('relay'), poolSize: 1, relayPoolSize: 1 })
}

/** The end of a process's log, for whoever has to find out why. */
export function lastLines({ dataPath }: WholeHouse, name: string, count = 15): string {
  try {
    return readFileSync(join(dataPath, 'logs', `${name}.log`), 'utf8')
      .trim()
      .split('\n')
      .slice(-count)
      .join('\n')
  } catch {
    return 'no log'
  }
}
