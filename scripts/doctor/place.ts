import { join, resolve } from 'node:path'
import type { Env } from '#infra/env.ts'
import { type Marker, readJson } from '../start/data-dir.ts'
import type { Secrets } from '../start/secrets.ts'

const ROLES = ['migrate', 'app', 'relay', 'auth'] as const
export type Role = (typeof ROLES)[number]

/** Where the parts of this house are, as its settings and its data folder say. Looks only; changes nothing. */
export type Place = {
  dataPath: string
  /** False before the first start, and where every setting comes from outside. */
  isStarted: boolean
  databaseUrls: Partial<Record<Role, string>>
  temporalAddress: string | undefined
  appUrl: string
  graphUrl: string | undefined
  smtpUrl: string | undefined
  rootKey: string | undefined
}

export function findPlace(env: Env, root: string): Place {
  const dataPath = resolve(env.dataDir ?? join(root, '.holdfast'))
  const marker = readJson<Marker>(join(dataPath, 'holdfast.json'))
  const secrets = readJson<Secrets>(join(dataPath, 'secrets.json'))
  const port = (name: string) => marker?.ports[name]
  const local = (scheme: string, name: string) => (port(name) === undefined ? undefined : `${scheme}${port(name)}`)
  return {
    dataPath,
    isStarted: marker !== undefined,
    databaseUrls: databaseUrls(env, secrets, port('postgresPort')),
    temporalAddress: env.temporalAddress ?? local('127.0.0.1:', 'temporalPort'),
    appUrl: env.publicUrl ?? `http://localhost:${port('appPort') ?? env.appPort}`,
    graphUrl: env.graphUrl ?? local('http://127.0.0.1:', 'whatsappSimulatorPort'),
    smtpUrl: env.smtpUrl ?? local('smtp://127.0.0.1:', 'mailSmtpPort'),
    rootKey: env.rootKey ?? secrets?.rootKey,
  }
}

function databaseUrls(env: Env, secrets: Secrets | undefined, port: number | undefined): Place['databaseUrls'] {
  const given: Place['databaseUrls'] = {
    ...(env.databaseMigrateUrl !== undefined && { migrate: env.databaseMigrateUrl }),
    ...(env.databaseAppUrl !== undefined && { app: env.databaseAppUrl }),
    ...(env.databaseRelayUrl !== undefined && { relay: env.databaseRelayUrl }),
    ...(env.databaseAuthUrl !== undefined && { auth: env.databaseAuthUrl }),
  }
  const base = env.databaseUrl ?? (port === undefined ? undefined : `postgres://nobody@127.0.0.1:${port}/holdfast`)
  if (base === undefined || secrets === undefined) return given
  const made = ROLES.map((role) => {
    const url = new URL(base)
    url.username = `holdfast_${role}`
    url.password = secrets.database[role]
    return [role, url.href]
  })
  return { ...Object.fromEntries(made), ...given }
}
