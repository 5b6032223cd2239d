import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { before, test } from 'node:test'
import type { DataConverter } from '@temporalio/common'
import {
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'
import { generateRootKey, KeyRing } from '#infra/crypto/keyring.ts'
import { createDataConverter, FAILURE_CONVERTER_PATH } from '#temporal/data-converter.ts'
import { BUNDLE_CACHE, WORKFLOWS_PATH, workflowBundle } from '#worker/workflow-bundle.ts'
import { PATCHES } from '#workflows/patches.ts'
import { testKeyRing } from './test-keys.ts'

type RecordedEvent = {
  workflowExecutionStartedEventAttributes?: { workflowId: string; workflowType: { name: string } }
  markerRecordedEventAttributes?: { details: Record<string, { payloads: { data: string }[] }> }
}
type RecordedHistory = { events: RecordedEvent[] }

const namespace = 'default'
const folder = join(import.meta.dirname, 'histories')
const inClear: DataConverter = { failureConverterPath: FAILURE_CONVERTER_PATH }

const files = globSync('*.json', { cwd: folder }).sort()
const sealedFiles = globSync('sealed/*.json', { cwd: folder }).sort()

const read = (file: string): RecordedHistory => JSON.parse(readFileSync(join(folder, file), 'utf8'))
const started = ({ events }: RecordedHistory) => events[0]!.workflowExecutionStartedEventAttributes!

/** The id of the patch that a run met first at this event. */
function patchOf({ markerRecordedEventAttributes: marker }: RecordedEvent): string | undefined {
  const data = marker?.details['patch-data']?.payloads[0]?.data
  return data === undefined ? undefined : JSON.parse(Buffer.from(data, 'base64').toString('utf8')).id
}

async function replay(file: string, workflowBundle: WorkflowBundleOption, dataConverter = inClear): Promise<void> {
  const history = read(file)
  await Worker.runReplayHistory({ workflowBundle, dataConverter }, history, started(history).workflowId)
}

before(() => {
  // Replays that must fail would fill the page with what is expected of them.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' })
  const logger = new DefaultLogger('ERROR', () => undefined)
  Runtime.install({ logger, telemetryOptions: { logging: { filter } } })
})

// Each file was recorded from a real server (`npm run record:histories`) and is never edited: red here means that
// running workflows would break on deploy, so patch the workflow, not the file.
for (const file of files) {
  test(`[R31] replays ${basename(file, '.json')}`, async () => replay(file, await workflowBundle()))
}

for (const file of sealedFiles) {
  test(`replays ${basename(file, '.json')} as it was stored, with its key ring`, async () => {
    await replay(file, await workflowBundle(), createDataConverter({ keyRing: testKeyRing(), namespace }))
  })
}

test('a sealed history does not replay with another key under the same name, nor in clear', async () => {
  const stranger = new KeyRing([generateRootKey('test')])
  const [file] = sealedFiles
  await assert.rejects(replay(file!, await workflowBundle(), createDataConverter({ keyRing: stranger, namespace })))
  await assert.rejects(replay(file!, await workflowBundle()))
})

test('[R31] every type of workflow has a history', async () => {
  const recorded = new Set(files.map((file) => started(read(file)).workflowType.name))
  assert.deepEqual(
    Object.keys(await import(WORKFLOWS_PATH)).filter((type) => !recorded.has(type)),
    [],
  )
})

test('[R31] every change to running code has a history from before it and one from after', async () => {
  const marked = files.filter((file) => read(file).events.some((event) => patchOf(event) !== undefined))
  const patched = new Set(files.flatMap((file) => read(file).events.flatMap((event) => patchOf(event) ?? [])))
  assert.deepEqual([...patched].sort(), Object.keys(PATCHES).sort())
  const before = files.map((file) => basename(file, '.json')).filter((name) => name.includes('-before-'))
  for (const id of Object.keys(PATCHES)) {
    const old = before.find((name) => name.endsWith(`-before-${id}`))
    assert.ok(old !== undefined && !marked.includes(`${old}.json`), `no history from before ${id}`)
  }
})

test('[R31] [G12] the gate turns red for every history when a wait is slipped into its workflow', async (t) => {
  // Beside the cache and not in the system's folder for such things, because the bundler must find the SDK from there.
  mkdirSync(BUNDLE_CACHE, { recursive: true })
  const broken = mkdtempSync(join(BUNDLE_CACHE, 'broken-'))
  t.after(() => rmSync(broken, { recursive: true }))
  const types = [...new Set(files.map((file) => started(read(file)).workflowType.name))]
  const code = [
    `import { sleep } from '@temporalio/workflow'`,
    `import * as real from ${JSON.stringify(WORKFLOWS_PATH)}`,
    ...types.map((type) => `export async function ${type}(input) { await sleep(1); return real.${type}(input) }`),
  ]
  writeFileSync(join(broken, 'index.js'), code.join('\n'))
  const bundle = await workflowBundle(join(broken, 'index.js'))
  for (const file of files) {
    await assert.rejects(replay(file, bundle), DeterminismViolationError, `${file} replayed on broken workflows`)
  }
})
