import type { Env } from '#infra/env.ts'
import { type ConnectionSettings, META_GRAPH_URL } from './channel-connections.ts'

const GRAPH_VERSION = 'v25.0'

/** How a house connects numbers, by its settings. Without credentials of its own there is no pool. */
export function connectionSettingsOf(
  env: Pick<Env, 'graphUrl' | 'graphAccessToken' | 'graphAppSecret' | 'publicUrl' | 'appPort'>,
): ConnectionSettings {
  const { graphAccessToken: accessToken, graphAppSecret: appSecret } = env
  return {
    graph: { baseUrl: env.graphUrl ?? META_GRAPH_URL, version: GRAPH_VERSION },
    publicUrl: env.publicUrl ?? `http://localhost:${env.appPort}`,
    ...(accessToken !== undefined && appSecret !== undefined && { pool: { accessToken, appSecret } }),
  }
}
