import { createECDH, randomBytes } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { readJson, writePrivate } from './data-dir.ts'
import { StartProblem } from './problem.ts'

/** What is made once and must never change by itself: without the root key, everything encrypted is lost. */
export type Secrets = {
  rootKey: string
  authSecret: string
  postgresPassword: string
  database: { migrate: string; app: string; relay: string; auth: string; platform?: string }
  graphAppSecret: string
  graphVerifyToken: string
  graphAccessToken: string
  vapidPrivateKey: string
}

const word = (bytes = 24) => randomBytes(bytes).toString('base64url')

/** A private key of the curve that push services ask for; its number is written with all 32 bytes. */
function newVapidKey(): string {
  const ecdh = createECDH('prime256v1')
  ecdh.generateKeys()
  return Buffer.from(ecdh.getPrivateKey('hex').padStart(64, '0'), 'hex').toString('base64url')
}

function makeSecrets(): Secrets {
  return {
    rootKey: randomBytes(32).toString('base64'),
    authSecret: word(32),
    postgresPassword: word(),
    database: { migrate: word(), app: word(), relay: word(), auth: word(), platform: word() },
    graphAppSecret: randomBytes(16).toString('hex'), // as long and as hexadecimal as Meta's
    graphVerifyToken: word(16),
    graphAccessToken: `EAA${randomBytes(48).toString('hex')}`,
    vapidPrivateKey: newVapidKey(),
  }
}

/**
 * The secrets of a data folder, made at the first start.
 *
 * A file that is there but cannot be read is never replaced: what it sealed could not be opened again.
 */
export function readSecrets(file: string): Secrets {
  if (!existsSync(file)) {
    const secrets = makeSecrets()
    writePrivate(file, secrets)
    return secrets
  }
  const known = readJson<Secrets>(file)
  if (known === undefined || typeof known.rootKey !== 'string' || known.database === undefined) {
    throw new StartProblem(`${file} cannot be read, and the data cannot be opened without it.`, [
      'Put it back from a backup, or give up the data: npm start -- --reset',
    ])
  }
  if ((statSync(file).mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new StartProblem(`${file} can be read by others on this machine.`, [`Run: chmod 600 ${file}`])
  }
  if (known.vapidPrivateKey !== undefined) return known
  // A data folder from before there were pushes.
  const complete = { ...known, vapidPrivateKey: newVapidKey() }
  writePrivate(file, complete)
  return complete
}
