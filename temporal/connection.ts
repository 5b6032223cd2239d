import { Connection, type ConnectionOptions } from '@temporalio/client'

export type TemporalSettings = {
  /** host:port of the server's frontend. */
  address: string
  namespace: string
  /** Who is written beside every request in the histories; process and host, unless given. */
  identity?: string
  tls?: ConnectionOptions['tls']
  apiKey?: string
}

/** What both kinds of connection, the client's and the worker's native one, are made from. */
export const connectionOptions = ({ address, tls, apiKey }: TemporalSettings) => ({
  address,
  ...(tls === undefined || tls === null ? {} : { tls }),
  ...(apiKey === undefined ? {} : { apiKey }),
})

/**
 * Connects at the first call and again whenever the connection was lost, so that a process starts, and takes webhooks,
 * while Temporal is down.
 */
export const createConnection = (settings: TemporalSettings): Connection => Connection.lazy(connectionOptions(settings))
