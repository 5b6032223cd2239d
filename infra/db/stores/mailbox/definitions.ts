import type { FlowDefinition } from '#domain/flows/schema.ts'
import { sql, type Tx } from '../../tx.ts'

export type Definitions = ReturnType<typeof createDefinitions>

const KEPT_MAX = 500

type Known = Map<string, FlowDefinition>

/**
 * Published definitions, kept by version id. They never change, so what is kept is never stale; and they are the same
 * objects each time, which spares the interpreter from making their graphs again. Without `keeps` they are asked each time.
 */
export function createDefinitions({ keeps = true }: { keeps?: boolean } = {}) {
  const kept: Known = new Map()

  async function load(tx: Tx, known: Known, ids: readonly string[]): Promise<void> {
    const missing = ids.filter((id) => !known.has(id))
    if (missing.length === 0) return
    const rows = await tx.rows<{ id: string; definition: FlowDefinition }>(sql`
      select id, definition from flow_versions where id = any(${missing}::uuid[])`)
    for (const row of rows) known.set(row.id, row.definition)
    if (rows.length === 0) return
    while (known.size > KEPT_MAX) known.delete(known.keys().next().value!)
    await load(
      tx,
      known,
      rows.flatMap((row) => subflowsOf(row.definition)),
    )
  }

  return {
    /** The definitions of these versions and of every sub-flow inside them. Unknown ids are simply absent. */
    async of(tx: Tx, ids: readonly string[]): Promise<Record<string, FlowDefinition>> {
      const known = keeps ? kept : new Map()
      await load(tx, known, ids)
      const found: Record<string, FlowDefinition> = {}
      const collect = (id: string): void => {
        const definition = known.get(id)
        if (definition === undefined || found[id] !== undefined) return
        found[id] = definition
        for (const inner of subflowsOf(definition)) collect(inner)
      }
      for (const id of ids) collect(id)
      return found
    },
  }
}

function subflowsOf(definition: FlowDefinition): string[] {
  // Publishing pins each sub-flow to a version; one that is not pinned is missing, and the interpreter says so.
  return definition.nodes.flatMap((node) =>
    node.type === 'subflow' && node.config.flowVersionId !== undefined ? [node.config.flowVersionId] : [],
  )
}
