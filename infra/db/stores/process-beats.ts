import type { ProcessHealth, ProcessKind } from '#domain/platform/health.ts'
import { PROCESS_KINDS, SILENT_AFTER_MS } from '#domain/platform/health.ts'
import { iso } from '../rows.ts'
import { sql, type Tx } from '../tx.ts'

export type Beat = { id: string; kind: ProcessKind; version: string; startedAt: Date; stalled: readonly string[] }

/** Every verb here is a single statement and runs as the relay. The process is up, but for what stands still in it. */
export async function beat(relay: Tx, { id, kind, version, startedAt, stalled }: Beat): Promise<void> {
  await relay.run(sql`
    insert into process_beats (id, kind, version, started_at, stalled)
    values (${id}, ${kind}, ${version}, ${startedAt}, ${[...stalled]})
    on conflict (id) do update set beat_at = now(), stalled = excluded.stalled`)
}

/** The process leaves in order; nobody has to wonder where it is. */
export async function endBeat(relay: Tx, id: string): Promise<void> {
  await relay.run(sql`delete from process_beats where id = ${id}`)
}

/** Those that were killed are remembered for a day. */
export async function forgetBeats(relay: Tx): Promise<void> {
  await relay.run(sql`delete from process_beats where beat_at < now() - interval '1 day'`)
}

type Row = { kind: ProcessKind; version: string; beatAt: Date; stalled: string[]; isUp: boolean }

/** How each kind of process does, by the clock of Postgres, which they all share. */
export async function processHealth(relay: Tx): Promise<Record<ProcessKind, ProcessHealth>> {
  const rows = await relay.rows<Row>(sql`
    select kind, version, beat_at as "beatAt", stalled,
      beat_at > now() - make_interval(secs => ${SILENT_AFTER_MS / 1_000}) as "isUp"
    from process_beats order by beat_at desc limit 1000`)
  return Object.fromEntries(
    PROCESS_KINDS.map((kind) => [kind, healthOf(rows.filter((row) => row.kind === kind))]),
  ) as Record<ProcessKind, ProcessHealth>
}

function healthOf(rows: readonly Row[]): ProcessHealth {
  const up = rows.filter(({ isUp }) => isUp)
  const stalled = [...new Set(up.flatMap((row) => row.stalled))].sort()
  const [last] = rows
  return {
    state: up.length === 0 ? 'down' : stalled.length > 0 ? 'stalled' : 'up',
    upCount: up.length,
    lastBeatAt: last === undefined ? null : iso(last.beatAt),
    stalled,
    versions: [...new Set(up.map(({ version }) => version))].sort(),
  }
}
