import { keyRingFrom } from '#infra/crypto/keyring.ts'
import { getChannel } from '#infra/db/stores/channels.ts'
import { createDb, type Db, sql } from '#infra/db/tx.ts'
import { type ChannelCheckDeps, checkCredentials } from '#infra/providers/channel-checks.ts'
import { META_GRAPH_URL } from '#infra/providers/channel-connections.ts'
import { createGraphAgent } from '#infra/providers/whatsapp/client.ts'
import { type Finding, ill, unsure, well } from './finding.ts'
import type { Place } from './place.ts'

const ABOUT = 'Numbers'
const CHANNELS_MAX = 50
const GRAPH_VERSION = 'v25.0'

type Found = { id: string; tenantId: string }
type Home = ChannelCheckDeps & { db: Db }

/** The root key opens what it sealed, and the provider takes the credentials of every connected number. */
export async function lookAtChannels({ databaseUrls, rootKey, graphUrl }: Place): Promise<Finding[]> {
  const { app: appUrl, relay: relayUrl } = databaseUrls
  if (appUrl === undefined || relayUrl === undefined) return [unsure(ABOUT, 'Nothing says where the database is.')]
  if (rootKey === undefined) {
    const wayOut = 'Set HOLDFAST_ROOT_KEY, or put secrets.json back into the data folder from a backup.'
    return [ill(ABOUT, 'There is no root key, so no secret can be opened.', wayOut)]
  }
  const db = createDb({ appUrl, relayUrl, poolSize: 4, relayPoolSize: 1, onError: () => undefined })
  const dispatcher = createGraphAgent({ connections: 4 })
  const graph = { baseUrl: graphUrl ?? META_GRAPH_URL, version: GRAPH_VERSION }
  const home = { db, keyRing: keyRingFrom(rootKey), graph, dispatcher }
  try {
    const channels = await db.relay((tx) =>
      tx.rows<Found>(sql`
        select id, tenant_id as "tenantId" from channels where status = 'connected' order by id limit ${CHANNELS_MAX}`),
    )
    if (channels.length === 0) return [well(ABOUT, 'None is connected yet.')]
    const ills = (await Promise.all(channels.map((channel) => examine(home, channel)))).filter(
      (one) => one !== undefined,
    )
    return ills.length > 0 ? ills : [well(ABOUT, `${channels.length} connected, all credentials are taken.`)]
  } finally {
    await Promise.all([db.close(), dispatcher.close()])
  }
}

async function examine({ db, ...home }: Home, { id, tenantId }: Found): Promise<Finding | undefined> {
  const row = await db.tenant(tenantId, (tx) => getChannel(tx, id))
  if (row === undefined) return undefined
  const name = `${row.name} (${row.displayPhone || row.phoneNumberId})`
  const [found] = (await checkCredentials(home, row, Date.now())).findings
  switch (found?.code) {
    case undefined:
      return undefined
    case 'secret_unreadable': {
      const wayOut = 'Set HOLDFAST_ROOT_KEY to the key that sealed it, or enter the access token again under Settings.'
      return ill(ABOUT, `The root key does not open the access token of ${name}.`, wayOut)
    }
    case 'token_invalid': {
      const wayOut = 'Make a new system user token at Meta and enter it under Settings, Channels.'
      return ill(ABOUT, `The provider does not take the access token of ${name}.`, wayOut)
    }
    case 'app_secret_wrong': {
      const wayOut =
        'Copy it from the app at Meta and enter it under Settings, Channels: webhooks are refused without it.'
      return ill(ABOUT, `The app secret of ${name} is not that of the app.`, wayOut)
    }
    case 'provider_unreachable':
      return unsure(ABOUT, `${name} could not be asked after: ${found.values['reason']}.`, 'Try again in a while.')
    default: {
      const wayOut = 'Run the diagnostics of its workspace under Settings, Diagnostics.'
      return unsure(ABOUT, `${name} has a problem: ${found?.code}.`, wayOut)
    }
  }
}
