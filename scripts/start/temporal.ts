import { Connection, isGrpcServiceError } from '@temporalio/client'
import proto from '@temporalio/proto'
import { REQUIRED_SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts'
import { devServerArgs, isServerTooOld, RETENTION_DAYS } from '../../temporal/server/dev-server.ts'
import type { Part } from './part.ts'
import { StartProblem } from './problem.ts'
import { until } from './process-table.ts'

const ALREADY_EXISTS = 6
const SYSTEM_NAMESPACE = 'temporal-system'

export type DevServer = {
  binary: string
  port: number
  uiPort?: number | undefined
  namespace: string
  dbFile?: string | undefined
  logFile: string
  codecEndpoint?: string | undefined
  dynamicConfig?: Readonly<Record<string, string | number | boolean>>
}

/** The development server as a part of the house. */
export function temporalPart(server: DevServer): Part {
  const searchAttributes = REQUIRED_SEARCH_ATTRIBUTES.map(({ name, type }) => ({ name, type }))
  return {
    name: 'temporal',
    title: 'Temporal',
    stage: 2,
    yields: true,
    command: { file: server.binary, args: devServerArgs({ ...server, searchAttributes }) },
    logFile: server.logFile,
    ready: () => serves(`127.0.0.1:${server.port}`),
    readyWithinMs: 60_000,
    stopSignal: 'SIGTERM',
    graceMs: 10_000,
  }
}

async function serves(address: string): Promise<boolean> {
  try {
    await withConnection(address, 1_000, (connection) => describe(connection, SYSTEM_NAMESPACE))
    return true
  } catch {
    return false
  }
}

async function withConnection<T>(
  address: string,
  timeoutMs: number,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: timeoutMs })
  try {
    return await connection.withDeadline(Date.now() + Math.max(timeoutMs, 5_000), () => work(connection))
  } finally {
    await connection.close()
  }
}

const describe = (connection: Connection, namespace: string) =>
  connection.workflowService.describeNamespace({ namespace })

/**
 * Makes sure that the server has our namespace with our retention and search attributes, and that work can start in it.
 * Safe at each start; also against a server that is not ours.
 */
export async function ensureNamespace(address: string, namespace: string): Promise<void> {
  const isThere = await connects(address)
  if (!isThere) {
    throw new StartProblem(`No Temporal server answers at ${address}.`, [
      'Start it, correct TEMPORAL_ADDRESS, or leave TEMPORAL_ADDRESS out: then one is brought up here.',
    ])
  }
  await withConnection(address, 10_000, async (connection) => {
    const { serverVersion } = await connection.workflowService.getSystemInfo({})
    if (typeof serverVersion === 'string' && isServerTooOld(serverVersion)) {
      throw new StartProblem(`The Temporal server at ${address} is ${serverVersion}, which has known holes.`, [
        'Use 1.29.5, 1.30.3 or later, or leave TEMPORAL_ADDRESS out: then a recent one is brought up here.',
      ])
    }
    await registerNamespace(connection, namespace)
  })
  const usable = await until(() => isPrepared(address, namespace), 30_000, 100)
  if (!usable)
    throw new StartProblem(`The namespace ${namespace} at ${address} did not become usable within 30 seconds.`)
}

const connects = (address: string) =>
  withConnection(address, 5_000, async () => true).catch((error: unknown) => {
    if (error instanceof StartProblem) throw error
    return false
  })

async function registerNamespace(connection: Connection, namespace: string): Promise<void> {
  const retention = { seconds: RETENTION_DAYS * 24 * 3_600 } as unknown as proto.google.protobuf.IDuration
  const service = connection.workflowService
  try {
    // Not asked for first: a server remembers for a while that it did not know a name.
    await service.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== ALREADY_EXISTS) throw error
    const known = await describe(connection, namespace)
    const kept = Number(known.config?.workflowExecutionRetentionTtl?.seconds ?? 0)
    if (kept >= RETENTION_DAYS * 24 * 3_600) return
    await service.updateNamespace({ namespace, config: { workflowExecutionRetentionTtl: retention } })
  }
}

async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = REQUIRED_SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes[name] === undefined)
  if (missing.length === 0) return
  const types = proto.temporal.api.enums.v1.IndexedValueType
  const searchAttributes = Object.fromEntries(
    missing.map(({ name, type }) => [name, types[`INDEXED_VALUE_TYPE_${type}`]]),
  )
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
}

/** A server notices a new namespace and its attributes a moment after it took them; until then it refuses both. */
async function isPrepared(address: string, namespace: string): Promise<boolean> {
  // Quoted, because a few names, such as Status, are words of the query language itself.
  const query = REQUIRED_SEARCH_ATTRIBUTES.map(({ name }) => `\`${name}\` = 'x'`).join(' OR ')
  try {
    await withConnection(address, 2_000, async (connection) => {
      await addSearchAttributes(connection, namespace)
      await connection.workflowService.countWorkflowExecutions({ namespace, query })
    })
    return true
  } catch {
    return false
  }
}
