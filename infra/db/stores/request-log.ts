import { type ApiRequest, type ListApiRequests, REQUEST_LOG_DAYS } from '#domain/request-log/schema.ts'
import { type Part, part, query } from '../query.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'
import type { ListPage } from './acting.ts'

/** A request as it is written down. `id` is made when it comes in, so that the log is in the order of arrival. */
export type LoggedRequest = {
  id: string
  tenantId: string
  atMs: number
  method: string
  route: string
  subjectId: string | null
  status: number
  durationMs: number
  principalKind: ApiRequest['principal']['kind']
  principalId: string | null
  requestId: string
  address: string
  code: string | null
}

/** Writes the requests of one tenant, all in one statement. */
export async function writeRequests(tx: Tx, tenantId: string, requests: readonly LoggedRequest[]): Promise<void> {
  const rows = requests.map((request) => ({
    id: request.id,
    at: new Date(request.atMs).toISOString(),
    method: request.method,
    route: request.route,
    subject_id: request.subjectId,
    status: request.status,
    duration_ms: request.durationMs,
    principal_kind: request.principalKind,
    principal_id: request.principalId,
    request_id: request.requestId,
    address: request.address,
    code: request.code,
  }))
  await tx.run(sql`
    insert into api_requests (id, tenant_id, at, method, route, subject_id, status, duration_ms, principal_kind, principal_id,
      request_id, address, code)
    select id, ${tenantId}, at, method, route, subject_id, status, duration_ms, principal_kind, principal_id, request_id,
      address, code
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      id uuid, at timestamptz, method text, route text, subject_id uuid, status smallint, duration_ms int,
      principal_kind text, principal_id uuid, request_id text, address text, code text)
    on conflict do nothing`)
}

const OUTCOMES = {
  success: part`and q.status < 400`,
  refused: part`and q.status >= 400 and q.status < 500`,
  failed: part`and q.status >= 500`,
} as const satisfies Record<NonNullable<ListApiRequests['outcome']>, Part>

const escaped = (text: string) => text.replace(/[\\%_]/g, (letter) => `\\${letter}`)

/** The requests of the tenant in context, the newest first. The position is (id). */
export async function listRequests(
  tx: Tx,
  { limit, after, ...filter }: ListPage & Omit<ListApiRequests, 'limit' | 'cursor'>,
): Promise<ApiRequest[]> {
  const rows = await tx.rows<Omit<ApiRequest, 'at'> & { at: Date }>(
    query(
      part`select q.id, q.at, q.method, q.route, q.subject_id as "subjectId", q.status, q.duration_ms as "durationMs",
          jsonb_build_object('kind', q.principal_kind, 'id', q.principal_id, 'name', coalesce(p.name, k.name)) as principal,
          q.request_id as "requestId", q.address, q.code
        from api_requests q
        left join people p on q.principal_kind = 'person' and p.id = q.principal_id
        left join api_keys k on q.principal_kind = 'api_key' and k.id = q.principal_id
        where q.id >= uuid_floor(now() - ${REQUEST_LOG_DAYS}::int * interval '1 day')`,
      after && part`and q.id < ${after[0]}::uuid`,
      filter.method !== undefined && part`and q.method = ${filter.method}`,
      filter.outcome !== undefined && OUTCOMES[filter.outcome],
      filter.code !== undefined && part`and q.code = ${filter.code}`,
      filter.route !== undefined && part`and q.route ilike ${`%${escaped(filter.route)}%`}`,
      filter.principalKind !== undefined && part`and q.principal_kind = ${filter.principalKind}`,
      filter.principalId !== undefined && part`and q.principal_id = ${filter.principalId}`,
      filter.requestId !== undefined && part`and q.request_id = ${filter.requestId}`,
      filter.subjectId !== undefined && part`and q.subject_id = ${filter.subjectId}`,
      filter.from !== undefined && part`and q.id >= uuid_floor(${filter.from}::timestamptz)`,
      filter.to !== undefined && part`and q.id < uuid_floor(${filter.to}::timestamptz)`,
      part`order by q.id desc limit ${limit}`,
    ),
  )
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}

/** Makes the days to come and drops those that are over. Runs as the relay. */
export async function turnRequestDays(relay: Tx): Promise<void> {
  await relay.run(sql`select turn_request_days(${REQUEST_LOG_DAYS})`)
}
