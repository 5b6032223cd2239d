import type { RunEvent } from '#domain/runs/schema.ts'
import { edgeKey, type Travelled } from '#lib/features/flows/canvas/graph.ts'

/**
 * The path of a run up to an event (inclusive): which cards it entered, by which ways it left, where it stood.
 * Events of a sub-flow name another version and do not belong on this drawing; there the run stands at its caller.
 */
export function travelledUntil(events: readonly RunEvent[], index: number, versionId: string): Travelled {
  const nodes = new Set<string>()
  const edges = new Set<string>()
  let currentId: string | null = null
  for (const event of events.slice(0, index + 1)) {
    const own = event.detail['flowVersionId']
    if (own !== undefined && own !== versionId) continue
    if (event.kind === 'ended') currentId = null
    if (event.nodeId === null) continue
    if (event.kind !== 'ended') {
      nodes.add(event.nodeId)
      currentId = event.nodeId
    }
    const port = event.detail['port']
    if (event.kind === 'left' && typeof port === 'string') edges.add(edgeKey(event.nodeId, port))
  }
  return { nodes, edges, currentId }
}

export type Wait = { nodeId: string; fromMs: number; untilMs: number | null }

const WAIT_FROM_MS = 1_000

/** Where a run stood still: it entered a step and left it only later. The last one may still be open. */
export function waitsOf(events: readonly RunEvent[], open: boolean): Wait[] {
  const waits: Wait[] = []
  const entered = new Map<string, number>()
  for (const { kind, nodeId, at } of events) {
    if (nodeId === null) continue
    const atMs = Date.parse(at)
    if (kind === 'entered') entered.set(nodeId, atMs)
    const fromMs = entered.get(nodeId)
    if (kind !== 'left' || fromMs === undefined) continue
    entered.delete(nodeId)
    if (atMs - fromMs >= WAIT_FROM_MS) waits.push({ nodeId, fromMs, untilMs: atMs })
  }
  const standing = [...entered].at(-1)
  if (open && standing) waits.push({ nodeId: standing[0], fromMs: standing[1], untilMs: null })
  return waits
}
