import { cancellationSignal } from '@temporalio/activity'
import type { Json } from '#domain/conditions/json.ts'
import type { CallOutcome, CallRequest } from '#domain/flows/run.ts'
import type { SettledCall } from '#infra/db/stores/mailbox/flow-turn-events.ts'
import { type Db, sql } from '#infra/db/tx.ts'
import type { GuardedFetch } from '#infra/http/guarded-fetch.ts'
import { whileBeating } from './while-beating.ts'

export type CallDeps = { db: Db; guarded: GuardedFetch }
export type CallActivities = ReturnType<typeof createCallActivities>
export type CallInput = { tenantId: string; runId: string; waitId: string }

type StoredRequest = CallRequest & { timeoutMs: number; key: string }

export const createCallActivities = ({ db, guarded }: CallDeps) => ({
  /**
   * Makes the outside call of a REST step. The request and the answer stay in their row; the history holds only their
   * name. An attempt that is broken off says nothing about the call: the next one makes it again. The idempotency key is
   * the same at each attempt, so a receiver that honours it acts once.
   */
  async callOut({ tenantId, runId, waitId }: CallInput): Promise<{ outcome: CallOutcome['kind'] }> {
    const call = await db.tenant(tenantId, (tx) =>
      tx.row<{ request: StoredRequest; outcome: SettledCall | null }>(sql`
        select request, outcome from run_calls
        where tenant_id = ${tenantId} and run_id = ${runId} and wait_id = ${waitId}`),
    )
    if (call === undefined) return { outcome: 'failed' }
    const outcome = call.outcome ?? (await whileBeating(() => timed(() => request(call.request))))
    await db.tenant(tenantId, (tx) =>
      tx.run(sql`
        update run_calls set outcome = ${JSON.stringify(outcome)}, settled_at = now()
        where tenant_id = ${tenantId} and run_id = ${runId} and wait_id = ${waitId} and outcome is null`),
    )
    return { outcome: outcome.kind }

    async function request({ method, url, headers, body, timeoutMs, key }: StoredRequest): Promise<CallOutcome> {
      const answer = await guarded.fetch(url, {
        method,
        headers: { 'idempotency-key': `${runId}:${key}`, ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        timeoutMs,
        signal: cancellationSignal(),
      })
      if (answer.kind === 'blocked') return { kind: 'failed', code: `address_blocked:${answer.reason}` }
      if (answer.kind === 'failed') {
        if (answer.reason === 'cancelled') cancellationSignal().throwIfAborted()
        return answer.reason === 'timeout' ? { kind: 'timeout' } : { kind: 'failed', code: answer.reason }
      }
      if (answer.truncated) return { kind: 'failed', code: 'response_too_large' }
      return { kind: 'response', status: answer.httpStatus, body: parsed(answer.body) }
    }
  },
})

/** Its time is the other system's, not ours, and is told apart. */
async function timed(work: () => Promise<CallOutcome>): Promise<SettledCall> {
  const startedAt = performance.now()
  const outcome = await work()
  return { ...outcome, tookMs: Math.round(performance.now() - startedAt) }
}

function parsed(body: Uint8Array | string): Json {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8')
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
