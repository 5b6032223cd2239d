import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TestWorkflowEnvironment, type TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import { machineVariable } from '#infra/env.ts'
import { startPart } from '../../scripts/start/part.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import { ensureNamespace, temporalPart } from '../../scripts/start/temporal.ts'
import { findTemporal } from '../../scripts/start/temporal-binary.ts'
import { findTimeSkippingServer } from '../../scripts/start/time-skipping.ts'
import { createWarden } from '../../scripts/start/warden.ts'

/** The runner starts one server for all suites and hands it on by this variable; a suite run alone starts its own. */
export const TEST_TEMPORAL_ADDRESS = 'HOLDFAST_TEST_TEMPORAL_ADDRESS'

export type TestTemporal = { address: string; namespace: string }
export type TestServer = { address: string; pid: number | undefined; stop: () => Promise<void> }

const silent = () => undefined

/** Starts a throw-away development server. It ends with this process, however that ends. */
export async function startTemporal({
  note = silent,
  ...options
}: {
  note?: (text: string) => void
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>
} = {}): Promise<TestServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-temporal-'))
  const warden = createWarden()
  warden.discard(folder)
  const { path: binary } = await findTemporal(note)
  const port = await anyFreePort()
  const logFile = join(folder, 'temporal.log')
  const running = await startPart(
    // On disk, as in the product: in memory, its database is one connection and behaves differently under load.
    temporalPart({ binary, port, namespace: 'unused', dbFile: join(folder, 'temporal.db'), logFile, ...options }),
    warden,
  )
  const stop = async () => {
    await running.stop()
    await warden.dismiss()
  }
  return { address: `127.0.0.1:${port}`, pid: running.pid, stop }
}

let own: Promise<TestServer> | undefined
function ownServer(): Promise<TestServer> {
  own ??= startTemporal()
  return own
}

/** The server of this run, and a namespace of one's own in it: task queues of two suites never meet. */
export async function freshNamespace(): Promise<TestTemporal> {
  const address = machineVariable(TEST_TEMPORAL_ADDRESS) ?? (await ownServer()).address
  const namespace = `suite-${randomBytes(6).toString('hex')}`
  await ensureNamespace(address, namespace)
  return { address, namespace }
}

/** A real server, in which time passes as it does; with the SDK's test environment around it. */
export async function realEnv(): Promise<TestWorkflowEnvironment & TestTemporal> {
  quieten()
  const { address, namespace } = await freshNamespace()
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address, namespace })
  return Object.assign(environment, { address, namespace })
}

/**
 * A server in which time skips to the next timer while somebody awaits a result. Global per server, and it jumps years
 * once a workflow has ended: one per file, tests in series.
 */
export async function skippingEnv(
  options: Omit<TimeSkippingTestWorkflowEnvironmentOptions, 'server'> = {},
): Promise<TestWorkflowEnvironment> {
  quieten()
  const path = await findTimeSkippingServer(silent)
  const start = () =>
    TestWorkflowEnvironment.createTimeSkipping({ ...options, server: { executable: { type: 'existing-path', path } } })
  // The SDK gives it five seconds, which a busy machine may need for other things.
  return start().catch(start).catch(start)
}

let quiet = false

/** Workers tell every start and stop at level info, which drowns what a test has to say. */
function quieten(): void {
  if (quiet) return
  quiet = true
  Runtime.install({ logger: new DefaultLogger('ERROR') })
}
