import { sql, type Tx } from '../../tx.ts'

export type ClaimedBell = {
  conversationId: string
  tenantId: string
  version: number
  ownerKind: 'none' | 'user' | 'run'
  ownerId: string | null
  /** The run that owns the conversation, where it has not taken its first turn. */
  starting: RunToRing | null
}

/** Claims due bells for a while, in a short transaction of the relay. Others skip what is claimed. */
export async function claimBells(
  tx: Tx,
  { token, leaseMs, limit }: { token: string; leaseMs: number; limit: number },
): Promise<ClaimedBell[]> {
  return tx.rows<ClaimedBell>(sql`
    with due as (
      select conversation_id from bells
      where rung < version and due_at <= now() and (lease_until is null or lease_until < now())
      order by due_at limit ${limit} for update skip locked
    ), claimed as (
      update bells b set token = ${token}, lease_until = now() + make_interval(secs => ${leaseMs / 1_000})
      from due where b.conversation_id = due.conversation_id
      returning b.conversation_id, b.tenant_id, b.version
    )
    select k.conversation_id as "conversationId", k.tenant_id as "tenantId", k.version,
      c.owner_kind as "ownerKind", c.owner_id as "ownerId",
      case when r.id is not null then jsonb_build_object('id', r.id, 'tenantId', r.tenant_id, 'state', r.state, 'rings', r.rings,
        'conversationId', r.conversation_id, 'flowId', r.flow_id, 'flowVersionId', r.flow_version_id) end as starting
    from claimed k join conversations c on c.id = k.conversation_id
    left join runs r on c.owner_kind = 'run' and r.id = c.owner_id and r.state = 'starting'`)
}

type Rung = { conversationId: string; version: number }

/**
 * Marks what was rung. A cause that was added meanwhile raised the version, and is not marked away. Nobody is waited for:
 * whoever holds one of these bells (intake rings many at once) may be waiting for another of them.
 *
 * @returns the conversations whose bells somebody held; they are marked one by one.
 */
export async function markRung(tx: Tx, { token, bells }: { token: string; bells: readonly Rung[] }): Promise<Rung[]> {
  const marked = await tx.rows<{ id: string }>(sql`
    with mine as materialized (
      select b.conversation_id, r.version
      from unnest(${bells.map((bell) => bell.conversationId)}::uuid[], ${bells.map((bell) => bell.version)}::int[])
        as r(conversation_id, version)
      join bells b on b.conversation_id = r.conversation_id
      where b.token = ${token} for update of b skip locked
    )
    update bells b set rung = greatest(b.rung, mine.version), token = null, lease_until = null, due_at = now()
    from mine where b.conversation_id = mine.conversation_id
    returning b.conversation_id as id`)
  const done = new Set(marked.map(({ id }) => id))
  return bells.filter(({ conversationId }) => !done.has(conversationId))
}

/** Marks a single bell, and waits for whoever holds it. */
export async function markOneRung(tx: Tx, { token, bell }: { token: string; bell: Rung }): Promise<void> {
  await tx.run(sql`
    update bells set rung = greatest(rung, ${bell.version}), token = null, lease_until = null, due_at = now()
    where conversation_id = ${bell.conversationId} and token = ${token}`)
}

/** Lets a claimed bell go unrung: Temporal could not be reached. It is due again after a while, or after its lease, uncounted. */
export async function postponeBells(
  tx: Tx,
  { token, conversationIds, delayMs }: { token: string; conversationIds: readonly string[]; delayMs: number },
): Promise<void> {
  await tx.run(sql`
    with mine as materialized (
      select conversation_id from bells where conversation_id = any(${conversationIds}::uuid[]) and token = ${token}
      for update skip locked
    )
    update bells b set token = null, lease_until = null, due_at = now() + make_interval(secs => ${delayMs / 1_000})
    from mine where b.conversation_id = mine.conversation_id`)
}

export type RunToRing = {
  id: string
  tenantId: string
  state: string
  rings: number
  conversationId: string
  flowId: string
  flowVersionId: string
}

/** Runs that were rung themselves: they start, were ended from outside, or wait without owning their conversation. */
export async function runsToRing(tx: Tx, { limit, leaseMs }: { limit: number; leaseMs: number }): Promise<RunToRing[]> {
  return tx.rows<RunToRing>(sql`
    with due as (
      select id from runs where rung < rings and ring_due_at <= now() order by ring_due_at limit ${limit}
      for update skip locked
    )
    update runs r set ring_due_at = now() + make_interval(secs => ${leaseMs / 1_000})
    from due where r.id = due.id
    returning r.id, r.tenant_id as "tenantId", r.state, r.rings, r.conversation_id as "conversationId",
      r.flow_id as "flowId", r.flow_version_id as "flowVersionId"`)
}

export async function markRunsRung(tx: Tx, runs: readonly { id: string; rings: number }[]): Promise<void> {
  await tx.run(sql`
    update runs r set rung = greatest(r.rung, k.rings)
    from unnest(${runs.map((run) => run.id)}::uuid[], ${runs.map((run) => run.rings)}::int[]) as k(id, rings)
    where r.id = k.id`)
}
