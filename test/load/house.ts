import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Env, type EnvWith, readEnv, type SettingKey } from '#infra/env.ts'
import { createHouse, type Endpoints } from '../../scripts/start/house.ts'
import type { Secrets } from '../../scripts/start/secrets.ts'
import type { Reporter } from '../../scripts/start/terminal.ts'
import { createWarden } from '../../scripts/start/warden.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** The whole product, as `npm start` brings it up, in a folder of its own that goes away with it. */
export type WholeHouse = {
  /** As `endpoints.json` says now: pids change when a part was restarted. */
  endpoints: () => Endpoints
  dataPath: string
  secrets: Secrets
  /** The superuser's address: an independent look at the rows, past every wall. */
  adminUrl: string
  temporalNamespace: string
  stop: () => Promise<void>
}

export type HouseWishes = { say: (text: string) => void; settings?: Partial<Env>; dataPath?: string }

/** Brings up everything on free ports, without demo data and without the web app. */
export async function openHouse({ say, settings = {}, dataPath = freshFolder() }: HouseWishes): Promise<WholeHouse> {
  const warden = createWarden()
  warden.discard(dataPath)
  const env: EnvWith<SettingKey> | Env = { ...readEnv({}), ...ANY_PORT, demo: false, logLevel: 'warn', ...settings }
  const house = createHouse({
    root: ROOT,
    dataPath,
    env,
    given: new Set(),
    reporter: reporterOf(say),
    withoutWebBuild: true,
  })
  const first = await house.up()
  const read = <T>(file: string): T => JSON.parse(readFileSync(join(dataPath, file), 'utf8')) as T
  const secrets = read<Secrets>('secrets.json')
  const port = read<{ ports: Record<string, number> }>('holdfast.json').ports['postgresPort']!
  return {
    endpoints() {
      try {
        return read<Endpoints>('endpoints.json')
      } catch {
        return first
      }
    },
    dataPath,
    secrets,
    adminUrl: `postgres://postgres:${secrets.postgresPassword}@127.0.0.1:${port}/holdfast`,
    temporalNamespace: env.temporalNamespace,
    async stop() {
      await house.stop()
      rmSync(dataPath, { recursive: true, force: true })
      await warden.dismiss()
    },
  }
}

const ANY_PORT = {
  appPort: 0,
  postgresPort: 0,
  temporalPort: 0,
  temporalUiPort: 0,
  whatsappSimulatorPort: 0,
  mailSimulatorPort: 0,
  mailSmtpPort: 0,
}

function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-house-'))
  chmodSync(folder, 0o711) // PostgreSQL runs as another user when this is run as root
  return folder
}

const reporterOf = (say: (text: string) => void): Reporter => ({
  async step(title, work) {
    const text = await work(() => undefined)
    say(`${title}: ${text}`)
  },
  say,
  print: (lines) => say(lines.join('\n')),
})

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
