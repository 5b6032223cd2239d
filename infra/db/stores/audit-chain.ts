import { type Part, part, query } from '../query.ts'
import { type Db, sql, type Tx } from '../tx.ts'
import { type ChainPlace, PLATFORM_CHAIN, tenantChain } from './audit-chain-places.ts'

/** The end of a chain, as it stands in the database or was written down outside of it. */
export type AuditHead = { tenantId: string; seq: number; hash: string }

/** What is wrong with a chain, at the first place where it is. */
export type AuditBreak = {
  tenantId: string
  seq: number
  auditId: string | null
  fault: 'line_changed' | 'line_gone' | 'link_changed' | 'link_gone' | 'line_unchained' | 'tail_cut' | 'kept_too_short'
}

export type AuditVerdict = { tenantId: string; lines: number; gone: number; head: AuditHead; broken?: AuditBreak }

/** So many links are judged by one statement, and so many statements run side by side: one alone fills one processor. */
const PAGE = 20_000
const PAGES_AT_ONCE = 4
const YEAR_MS = 365 * 86_400_000

/** The ends of all chains, for whoever writes them down outside the database. Runs as the relay. */
export async function auditHeads(relay: Tx): Promise<AuditHead[]> {
  return relay.rows<AuditHead>(sql`
    select ${PLATFORM_CHAIN}::text as "tenantId", seq, encode(hash, 'hex') as hash from platform.audit_head where seq > 0
    union all select tenant_id::text, seq, encode(hash, 'hex') from audit_heads order by 1`)
}

/** What one statement says of some links in a row: how many there are, from where to where, and the first bad one. */
type PageVerdict = {
  lines: number
  gone: number
  first: number | null
  last: number | null
  bad: { seq: number; auditId: string | null; fault: AuditBreak['fault'] } | null
}

type Asked = { anchors?: readonly AuditHead[]; nowMs: number; pageSize?: number }

/** Walks the chain of one tenant. */
export const verifyAuditChain = (
  db: Pick<Db, 'tenant'>,
  { tenantId, ...asked }: Asked & { tenantId: string },
): Promise<AuditVerdict> => verifyChain(tenantChain(db, tenantId), asked)

/**
 * Walks a chain from its first link and stops at the first thing that is not as it was written. An anchor is an end that was
 * written down outside the database: the chain must still pass through it.
 */
export async function verifyChain(
  place: ChainPlace,
  { anchors = [], nowMs, pageSize = PAGE }: Asked,
): Promise<AuditVerdict> {
  const tenantId = place.name
  const head = await readHead(place)
  const verdict: AuditVerdict = { tenantId, lines: 0, gone: 0, head: { tenantId, seq: head.seq, hash: head.hash } }
  const broken = (seq: number, fault: AuditBreak['fault'], auditId: string | null = null): AuditVerdict => ({
    ...verdict,
    broken: { tenantId, seq, auditId, fault },
  })
  if (head.keptFrom !== null && nowMs - head.keptFrom.getTime() < YEAR_MS) return broken(1, 'kept_too_short')

  let seq = 0
  for (let from = 1, isEnd = false; !isEnd; from += PAGES_AT_ONCE * pageSize) {
    const pages = await Promise.all(
      Array.from({ length: PAGES_AT_ONCE }, (_, index) => {
        const start = from + index * pageSize
        const links = place.links(start - 1, start + pageSize - 1)
        return place.read((tx) => judge(tx, { links, from: start, to: start + pageSize - 1, anchors }))
      }),
    )
    for (const [index, { lines, gone, first, last, bad }] of pages.entries()) {
      // Lines that are written meanwhile are read as well; a page that is missing before the end does not end it.
      isEnd ||= lines < pageSize && from + (index + 1) * pageSize > head.seq
      if (first === null || last === null) continue
      // What is missing at the edge of a page is missing between two of them.
      if (first !== seq + 1) return broken(seq + 1, 'link_gone')
      if (bad !== null) return broken(bad.seq, bad.fault, bad.auditId)
      verdict.lines += lines
      verdict.gone += gone
      seq = last
    }
  }
  if (seq < head.seq || anchors.some((anchor) => anchor.seq > seq)) return broken(seq + 1, 'tail_cut')
  const loose = await place.read((tx) => tx.row<{ id: string }>(query(place.unchained)))
  return loose === undefined ? verdict : broken(seq + 1, 'line_unchained', loose.id)
}

/** Judges the links of a stretch, each with the one before it. */
async function judge(
  tx: Tx,
  { links, from, to, anchors }: { links: Part; from: number; to: number; anchors: readonly AuditHead[] },
): Promise<PageVerdict> {
  const known = anchors.filter(({ seq }) => seq >= from && seq <= to)
  const [seqs, hashes] = [known.map(({ seq }) => seq), known.map(({ hash }) => hash)]
  const row = await tx.row<PageVerdict>(
    query(part`
    with links as (${links}),
    neighbours as (
      select *, lag(seq) over (order by seq) as seq_before, lag(hash) over (order by seq) as hash_before from links),
    judged as (
      select seq, audit_id, absent, seq_before, case
        when seq_before <> seq - 1 then 'link_gone'
        when absent and not may_be_absent then 'line_gone'
        when line <> line_hash then 'line_changed'
        when hash <> pg_catalog.sha256(coalesce(hash_before, '') || line_hash) then 'link_changed'
        when pg_catalog.encode(hash, 'hex') <> known then 'link_changed' end as fault
      from neighbours left join unnest(${seqs}::bigint[], ${hashes}::text[]) as anchor(at, known) on at = seq
      where seq >= ${from})
    select count(*) as lines, count(*) filter (where absent) as gone, min(seq) as first, max(seq) as last,
      (array_agg(jsonb_build_object('seq', case when fault = 'link_gone' then seq_before + 1 else seq end, 'fault', fault,
        'auditId', case when fault <> 'link_gone' then audit_id end) order by seq) filter (where fault is not null))[1] as bad
    from judged`),
  )
  return row!
}

async function readHead({ read, head }: ChainPlace) {
  const row = await read((tx) => tx.row<{ seq: number; hash: string; keptFrom: Date | null }>(query(head)))
  return row ?? { seq: 0, hash: '', keptFrom: null }
}
