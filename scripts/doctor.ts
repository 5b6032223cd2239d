// `npm run doctor`: looks at a house, running or not, says what is wrong and the way out. It changes nothing.
import { resolve } from 'node:path'
import { machineVariable, readEnv, SettingsError } from '#infra/env.ts'
import { lookAtChannels } from './doctor/channels.ts'
import { lookAtDatabase, lookAtQueues, lookAtTables } from './doctor/database.ts'
import { lookAtFiles } from './doctor/files.ts'
import { type Finding, ill, look } from './doctor/finding.ts'
import { lookAtApp, lookAtFolder, lookAtMail } from './doctor/outside.ts'
import { findPlace } from './doctor/place.ts'
import { lookAtTemporal } from './doctor/temporal.ts'
import { lookAtVolume } from './doctor/volume.ts'
import { paint } from './start/terminal.ts'

const ROOT = resolve(import.meta.dirname, '..')
const asJson = process.argv.includes('--json')
const colours = process.stdout.isTTY === true && machineVariable('NO_COLOR') === undefined

async function examine(): Promise<Finding[]> {
  const env = readEnv()
  const place = findPlace(env, ROOT)
  const found = await Promise.all([
    look('Data folder', async () => lookAtFolder(place)),
    look('Encrypted disk', async () => lookAtVolume(place.dataPath)),
    look('Files', () => lookAtFiles(env)),
    look('Database', () => lookAtDatabase(place)),
    look('Tables', () => lookAtTables(place)),
    look('Queues', () => lookAtQueues(place)),
    look('Temporal', () => lookAtTemporal(place, env.temporalNamespace)),
    look('App', () => lookAtApp(place)),
    look('Numbers', () => lookAtChannels(place)),
    look('Mail', () => lookAtMail(place)),
  ])
  return found.flat()
}

const findings = await examine().catch((error: unknown) => {
  if (!(error instanceof SettingsError)) throw error
  return error.message.split('\n').map((line) => ill('Settings', line, 'The settings are in README.md.'))
})

if (asJson) {
  for (const finding of findings) console.log(JSON.stringify(finding))
} else {
  const ink = paint(colours)
  const marks = { well: ink.brand('✓'), unsure: ink.faint('?'), ill: ink.bad('✗') }
  const indent = ' '.repeat(20)
  const lines = findings.flatMap(({ about, state, says, wayOut = [] }) => [
    `  ${marks[state]} ${about.padEnd(15)} ${says}`,
    ...wayOut.map((line) => `${indent}→ ${line}`),
  ])
  const count = findings.filter(({ state }) => state === 'ill').length
  const sum =
    count === 0 ? 'All that can be told is well.' : `${count} ${count === 1 ? 'thing is' : 'things are'} wrong.`
  console.log(['', ...lines, '', `  ${sum}`, ''].join('\n'))
}
process.exit(findings.some(({ state }) => state === 'ill') ? 1 : 0)
