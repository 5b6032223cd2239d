import { Client, type Connection } from '@temporalio/client'
import type { CodecOptions } from './codec.ts'
import type { TemporalSettings } from './connection.ts'
import { createDataConverter } from './data-converter.ts'

export type TemporalClientDeps = Omit<CodecOptions, 'namespace'> & { connection: Connection }

/** The client of one namespace; what it sends is sealed, what it reads is opened. */
export const createTemporalClient = (
  { namespace, identity }: Pick<TemporalSettings, 'namespace' | 'identity'>,
  { connection, ...codec }: TemporalClientDeps,
): Client =>
  new Client({
    connection,
    namespace,
    ...(identity === undefined ? {} : { identity }),
    dataConverter: createDataConverter({ ...codec, namespace }),
  })

/** Gives every call inside `calls` one deadline: without it the SDK tries for about a minute while the server is down. */
export const callWithin = <T>(client: Client, timeoutMs: number, calls: () => Promise<T>): Promise<T> =>
  client.withDeadline(Date.now() + timeoutMs, calls)
