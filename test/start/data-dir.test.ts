import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { openDataDir, resetDataDir } from '../../scripts/start/data-dir.ts'
import { explain, StartProblem } from '../../scripts/start/problem.ts'
import { readSecrets } from '../../scripts/start/secrets.ts'
import { isServerTooOld } from '../../temporal/server/dev-server.ts'

const silent = () => undefined
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-test-data-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a reset refuses a folder that is not ours', async () => {
  writeFileSync(join(folder, 'thesis.doc'), 'years of work')
  await assert.rejects(resetDataDir(folder, silent), /is not a data folder of Holdfast; nothing was deleted/)
  assert.ok(existsSync(join(folder, 'thesis.doc')))
})

test('a reset refuses while a Holdfast runs from the folder, and empties it when it has ended', async () => {
  const open = await openDataDir(folder, silent)
  open.saveMarker()
  await assert.rejects(resetDataDir(folder, silent), /already runs/)
  open.release()
  await resetDataDir(folder, silent)
  assert.deepEqual(readdirSync(folder), [])
})

test('a lock of a process that is gone is mended; its number in other hands is not mistaken for it', async () => {
  const stale = { pid: process.pid, identity: 'began long ago', processes: [] }
  writeFileSync(join(folder, 'lock.json'), JSON.stringify(stale))
  const said: string[] = []
  const open = await openDataDir(folder, (text) => said.push(text))
  assert.match(said.join(), /clearing up/)
  open.release()
})

test('a path that is no folder and cannot become one is named, with the setting that moves it', async () => {
  writeFileSync(join(folder, 'file'), '')
  await assert.rejects(openDataDir(join(folder, 'file'), silent), /cannot be made into a folder for the data/)
  await assert.rejects(openDataDir(join(folder, 'file', 'below'), silent), StartProblem)
})

test('data of a newer Holdfast are not touched', async () => {
  writeFileSync(join(folder, 'holdfast.json'), JSON.stringify({ format: 99, ports: {} }))
  await assert.rejects(openDataDir(folder, silent), /written by a newer Holdfast/)
})

test('secrets that cannot be read are never replaced, and secrets that others can read are refused', () => {
  const file = join(folder, 'secrets.json')
  const made = readSecrets(file)
  assert.deepEqual(readSecrets(file), made)
  chmodSync(file, 0o644)
  assert.throws(() => readSecrets(file), /can be read by others/)
  writeFileSync(file, '{ half')
  assert.throws(() => readSecrets(file), /cannot be opened without it/)
})

test('what the machine says becomes a sentence with a way out', () => {
  const full = explain(Object.assign(new Error('write'), { code: 'ENOSPC' }))
  assert.ok(full instanceof StartProblem && /disk is full/.test(full.message) && full.wayOut.length > 0)
  const closed = explain(Object.assign(new Error('open'), { code: 'EACCES', path: '/data' }))
  assert.ok(closed instanceof StartProblem && /\/data cannot be written/.test(closed.message))
})

test('a Temporal server with known holes is not used', () => {
  for (const old of ['1.28.9', '1.29.4', '1.30.2', '0.9.0']) assert.equal(isServerTooOld(old), true, old)
  for (const good of ['1.29.5', '1.29.7', '1.30.3', '1.31.0', '2.0.0']) assert.equal(isServerTooOld(good), false, good)
})
