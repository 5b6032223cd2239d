import { type Env, SETTINGS, type SettingKey } from '#infra/env.ts'
import { choosePorts, type PortWish } from './ports.ts'

const PORTS = {
  appPort: 'the app',
  whatsappSimulatorPort: 'the phone simulator',
  mailSimulatorPort: 'the mail simulator',
  mailSmtpPort: 'the mail simulator (SMTP)',
  postgresPort: 'PostgreSQL',
  temporalPort: 'Temporal',
  temporalUiPort: 'the Temporal UI',
} as const satisfies Partial<Record<SettingKey, string>>

export type Ports = Record<keyof typeof PORTS, number>

/** Which ports the parts get: the ones asked for, else those of the last run, else the usual ones, else free ones near. */
export async function planPorts(
  env: Env,
  given: ReadonlySet<SettingKey>,
  last: Readonly<Record<string, number>>,
): Promise<Ports> {
  const keys = Object.keys(PORTS) as (keyof typeof PORTS)[]
  const wishes: PortWish[] = keys.map((key) => ({
    setting: SETTINGS[key].name,
    what: PORTS[key],
    port: env[key],
    given: given.has(key),
    last: last[key],
  }))
  const chosen = await choosePorts(wishes)
  return Object.fromEntries(keys.map((key, index) => [key, chosen[index]])) as Ports
}
