import { tokenIn } from '../load/echo-flow.ts'
import { type Phones, textOf } from '../load/phones.ts'
import type { Rows } from '../load/rows.ts'

/** One send that the provider accepted, joined to the row that caused it by the id it carries. */
export type AcceptedSend = { n: number; atMs: number; token: string; rowId: string | undefined }

export type InboundRow = { wamid: string; conversationId: string; seq: number | null; handled: boolean }
export type OutboundRow = {
  id: string
  conversationId: string
  token: string | undefined
  state: string
  automated: boolean
  flagged: boolean
}
export type Item = { wamid: string; atMs: number; state: string }

/** What the provider's own log says, and what the rows say; nothing of it was asked of the product. */
export type Evidence = {
  sends: AcceptedSend[]
  inbound: InboundRow[]
  outbound: Map<string, OutboundRow>
  items: Map<string, Item>
  /** Messages that the provider still tries to deliver: not acknowledged. */
  waiting: number
  /** The code of each. */
  runsFailed: string[]
}

export async function gather(place: {
  phones: Phones
  rows: Rows
  tenantId: string
  /** The log's length when the load began. */
  logFrom: number
}): Promise<Evidence> {
  const { phones, rows, tenantId, logFrom } = place
  const log = await phones.wholeLog(logFrom)
  const inbound = await rows.all<InboundRow>(
    `select m.external_id as wamid, m.conversation_id as "conversationId", m.seq,
       coalesce(m.seq <= v.handled_seq, false) as handled
     from messages m join conversations v on v.id = m.conversation_id
     where m.tenant_id = $1 and m.direction = 'inbound' order by m.id`,
    [tenantId],
  )
  const outbound = await rows.all<Omit<OutboundRow, 'token'> & { text: string }>(
    `select id, conversation_id as "conversationId", coalesce(content ->> 'text', '') as text, state, automated,
       possible_duplicate as flagged
     from messages where tenant_id = $1 and direction = 'outbound'`,
    [tenantId],
  )
  const items = await rows.all<{ wamid: string; at: Date; state: string }>(
    `select item -> 'body' ->> 'id' as wamid, received_at as at, state from inbound_events
     where tenant_id = $1 and kind = 'message'`,
    [tenantId],
  )
  const failed = await rows.all<{ code: string }>(
    `select coalesce(error_code, outcome, 'no code') as code from runs where tenant_id = $1 and state = 'failed'`,
    [tenantId],
  )
  return {
    sends: log.flatMap((entry) => {
      const token = tokenIn(textOf(entry))
      const rowId = entry.callbackData?.split('.')[0]
      return token === undefined ? [] : [{ n: entry.n, atMs: Date.parse(entry.at), token, rowId }]
    }),
    inbound,
    outbound: new Map(outbound.map(({ text, ...row }) => [row.id, { ...row, token: tokenIn(text) }])),
    items: new Map(items.map(({ wamid, at, state }) => [wamid, { wamid, atMs: at.getTime(), state }])),
    waiting: (await phones.state()).webhooks.waiting,
    runsFailed: failed.map(({ code }) => code),
  }
}
