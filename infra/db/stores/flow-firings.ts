import type { TriggerFacts } from '#domain/flows/run.ts'
import { matchTriggers, nextFireMs, type TriggerableFlow } from '#domain/flows/triggers.ts'
import { sql, type Tx } from '../tx.ts'
import { timeTriggersOf } from './flow-schedules.ts'
import type { Definitions } from './mailbox/definitions.ts'
import { loadFlowFactsOf } from './mailbox/flow-facts.ts'

/** One instant at which a flow came due, being worked through page by page. */
export type Firing = { tenantId: string; flowId: string; fireAt: Date }
export type ClaimedFiring = Firing & { token: string }

/** Claims firings that nobody works on, those that waited longest first. Runs as the relay. */
export function claimFirings(
  relay: Tx,
  { token, leaseMs, limit }: { token: string; leaseMs: number; limit: number },
): Promise<Firing[]> {
  return relay.rows<Firing>(sql`
    with free as (
      select tenant_id, flow_id, fire_at from flow_firings where state = 'running' and lease_until <= now()
      order by lease_until limit ${limit} for update skip locked
    )
    update flow_firings f set token = ${token}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
    from free where (f.tenant_id, f.flow_id, f.fire_at) = (free.tenant_id, free.flow_id, free.fire_at)
    returning f.tenant_id as "tenantId", f.flow_id as "flowId", f.fire_at as "fireAt"`)
}

/** How many runs wait to be rung, counted to a bound: nothing that nobody waits for may add to a long line. */
export async function countRunsToRing(relay: Tx, max: number): Promise<number> {
  const row = await relay.row<{ count: number }>(sql`
    select count(*) from (select 1 from runs where rung < rings limit ${max}) waiting`)
  return row?.count ?? 0
}

export type FiringPage = {
  flow: TriggerableFlow
  starts: { contactId: string; trigger: TriggerFacts }[]
  considered: number
  after: string
  last: boolean
}

type Row = {
  after: string
  versionId: string
  live: boolean
  priority: number
}

/**
 * The next contacts of a firing: those who have a conversation, in the order of their ids, and whom a trigger of that
 * very instant lets in. @returns undefined when it is not ours any more, or was stopped because the flow is off.
 */
export async function nextPage(
  tx: Tx,
  input: ClaimedFiring & { definitions: Definitions; nowMs: number; limit: number },
): Promise<FiringPage | undefined> {
  const { tenantId, flowId, limit } = input
  const atMs = input.fireAt.getTime()
  const row = await tx.row<Row>(sql`
    select g.after_contact as after, g.flow_version_id as "versionId", f.priority,
      f.enabled and f.archived_at is null and f.published_version_id is not null as live
    from flow_firings g join flows f on f.tenant_id = g.tenant_id and f.id = g.flow_id
    where g.tenant_id = ${tenantId} and g.flow_id = ${flowId} and g.fire_at = ${input.fireAt} and g.token = ${input.token}
      and g.state = 'running'`)
  if (row === undefined) return undefined
  if (!row.live) {
    await endFiring(tx, input, 'stopped')
    return undefined
  }
  const contacts = await tx.rows<{ id: string }>(sql`
    select c.id from contacts c
    where c.tenant_id = ${tenantId} and c.id > ${row.after} and c.erased_at is null and not c.blocked
      and exists (select from conversations v where v.tenant_id = c.tenant_id and v.contact_id = c.id)
    order by c.id limit ${limit}`)
  const triggers = (await timeTriggersOf(tx, input.definitions, row.versionId))
    .map(({ trigger }) => trigger)
    .filter((trigger) => nextFireMs(trigger, atMs - 1) === atMs)
  const flow = { id: flowId, flowVersionId: row.versionId, priority: row.priority, createdAtMs: 0, triggers }
  const ids = contacts.map(({ id }) => id)
  const facts = await loadFlowFactsOf(tx, ids)
  const event = { kind: 'time', flowId, atMs } as const
  const starts = ids.flatMap((contactId) => {
    const known = facts.get(contactId)
    const [match] = known === undefined ? [] : matchTriggers(event, [flow], { facts: known, nowMs: input.nowMs })
    return match === undefined ? [] : [{ contactId, trigger: match.facts }]
  })
  return { flow, starts, considered: ids.length, after: ids.at(-1) ?? row.after, last: ids.length < limit }
}

/** Writes down that a page is done, and lets others go on with the next. */
export async function settlePage(
  tx: Tx,
  firing: ClaimedFiring,
  page: { after: string; considered: number; started: number; failed: number; last: boolean },
): Promise<void> {
  await tx.run(sql`
    update flow_firings set after_contact = ${page.after}, considered = considered + ${page.considered},
      started = started + ${page.started}, failed = failed + ${page.failed}, token = null, lease_until = now()
    where tenant_id = ${firing.tenantId} and flow_id = ${firing.flowId} and fire_at = ${firing.fireAt}
      and token = ${firing.token}`)
  if (page.last) await endFiring(tx, firing, 'done')
}

async function endFiring(tx: Tx, firing: Firing, state: 'done' | 'stopped'): Promise<void> {
  await tx.run(sql`
    update flow_firings set state = ${state}, token = null, ended_at = now()
    where tenant_id = ${firing.tenantId} and flow_id = ${firing.flowId} and fire_at = ${firing.fireAt}
      and state = 'running'`)
}
