import { createHash } from 'node:crypto'
import { type Db, sql, type Tx } from '../tx.ts'

/** The end of a tenant's chain, as it stands in the database or was written down outside of it. */
export type AuditHead = { tenantId: string; seq: number; hash: string }

/** What is wrong with a chain, at the first place where it is. */
export type AuditBreak = {
  tenantId: string
  seq: number
  auditId: string | null
  fault: 'line_changed' | 'line_gone' | 'link_changed' | 'link_gone' | 'line_unchained' | 'tail_cut' | 'kept_too_short'
}

export type AuditVerdict = { tenantId: string; lines: number; gone: number; head: AuditHead; broken?: AuditBreak }

const PAGE = 5_000
const YEAR_MS = 365 * 86_400_000

/** The ends of all chains, for whoever writes them down outside the database. Runs as the relay. */
export async function auditHeads(relay: Tx): Promise<AuditHead[]> {
  return relay.rows<AuditHead>(sql`
    select tenant_id as "tenantId", seq, encode(hash, 'hex') as hash from audit_heads order by tenant_id`)
}

type Link = {
  seq: number
  auditId: string
  lineHash: Buffer
  hash: Buffer
  line: string | null
  mayBeGone: boolean
}

/**
 * Walks a tenant's chain from its first link and stops at the first thing that is not as it was written. `anchor` is an end
 * that was written down outside the database: the chain must still pass through it.
 */
export async function verifyAuditChain(
  db: Db,
  { tenantId, anchors = [], nowMs }: { tenantId: string; anchors?: readonly AuditHead[]; nowMs: number },
): Promise<AuditVerdict> {
  const head = await db.tenant(tenantId, (tx) => readHead(tx, tenantId))
  const verdict: AuditVerdict = { tenantId, lines: 0, gone: 0, head: { tenantId, seq: head.seq, hash: head.hash } }
  const anchored = new Map(anchors.map(({ seq, hash }) => [seq, hash]))
  const broken = (seq: number, fault: AuditBreak['fault'], auditId: string | null = null): AuditVerdict => ({
    ...verdict,
    broken: { tenantId, seq, auditId, fault },
  })
  if (head.keptFrom !== null && nowMs - head.keptFrom.getTime() < YEAR_MS) return broken(1, 'kept_too_short')

  let before: Buffer = Buffer.alloc(0)
  let seq = 0
  for (;;) {
    const links = await db.tenant(tenantId, (tx) => readLinks(tx, { tenantId, after: seq }))
    for (const link of links) {
      seq += 1
      if (link.seq !== seq) return broken(seq, 'link_gone')
      const fault = faultOf(link, before, anchored.get(seq))
      if (fault !== undefined) return broken(seq, fault, link.auditId)
      if (link.line === null) verdict.gone += 1
      verdict.lines += 1
      before = link.hash
    }
    if (links.length < PAGE) break
  }
  // Lines that are written meanwhile make the chain longer than the end that was read; shorter it never is.
  if (seq < head.seq) return broken(seq + 1, 'tail_cut')
  const beyond = [...anchored.keys()].filter((anchor) => anchor > seq).sort((a, b) => a - b)[0]
  if (beyond !== undefined) return broken(seq + 1, 'tail_cut')
  const loose = await db.tenant(tenantId, (tx) => unchained(tx, tenantId))
  return loose === undefined ? verdict : broken(seq + 1, 'line_unchained', loose)
}

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function faultOf(link: Link, before: Buffer, anchor: string | undefined): AuditBreak['fault'] | undefined {
  if (link.line === null) {
    if (!link.mayBeGone) return 'line_gone'
  } else if (!sha256(link.line).equals(link.lineHash)) return 'line_changed'
  if (!sha256(before, link.lineHash).equals(link.hash)) return 'link_changed'
  return anchor !== undefined && anchor !== link.hash.toString('hex') ? 'link_changed' : undefined
}

async function readHead(tx: Tx, tenantId: string) {
  const row = await tx.row<{ seq: number; hash: string; keptFrom: Date | null }>(sql`
    select seq, encode(hash, 'hex') as hash, kept_from as "keptFrom" from audit_heads where tenant_id = ${tenantId}`)
  return row ?? { seq: 0, hash: '', keptFrom: null }
}

/** The line is put together here and not by a function of the database: whoever owns that could make it say anything. */
function readLinks(tx: Tx, { tenantId, after }: { tenantId: string; after: number }): Promise<Link[]> {
  return tx.rows<Link>(sql`
    select c.seq, c.audit_id as "auditId", c.line_hash as "lineHash", c.hash,
      case when a.id is not null then jsonb_build_array(a.id, a.tenant_id, (extract(epoch from a.at) * 1000000)::bigint,
        a.actor, a.action, a.subject_type, a.subject_id, a.detail, a.request_id)::text end as line,
      coalesce(c.audit_id < uuid_floor(h.kept_from), false) as "mayBeGone"
    from audit_chain c
    join audit_heads h on h.tenant_id = c.tenant_id
    left join audit_log a on a.id = c.audit_id and a.tenant_id = c.tenant_id
    where c.tenant_id = ${tenantId} and c.seq > ${after} order by c.seq limit ${PAGE}`)
}

async function unchained(tx: Tx, tenantId: string): Promise<string | undefined> {
  const row = await tx.row<{ id: string }>(sql`
    select a.id from audit_log a where a.tenant_id = ${tenantId}
      and not exists (select from audit_chain c where c.tenant_id = a.tenant_id and c.audit_id = a.id)
    order by a.id limit 1`)
  return row?.id
}
