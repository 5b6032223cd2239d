import type { FlowDefinition } from './schema.ts'

/** The flows that a definition runs inside itself, each once. */
export function subflowIds(definition: FlowDefinition): string[] {
  const ids = definition.nodes.flatMap((node) =>
    node.type === 'subflow' && node.config.flowId !== undefined ? [node.config.flowId] : [],
  )
  return [...new Set(ids)]
}

/** The versions that a published definition needs beside itself, each once. */
export function subflowVersionIds(definition: FlowDefinition): string[] {
  const ids = definition.nodes.flatMap((node) =>
    node.type === 'subflow' && node.config.flowVersionId !== undefined ? [node.config.flowVersionId] : [],
  )
  return [...new Set(ids)]
}

/**
 * Pins every sub-flow to a version, when the outer flow is published. Sub-flows without a version stay as they are, which
 * validation has refused before.
 */
export function pinSubflows(
  definition: FlowDefinition,
  versionIds: { readonly [flowId: string]: string },
): FlowDefinition {
  const nodes = definition.nodes.map((node) => {
    if (node.type !== 'subflow' || node.config.flowId === undefined) return node
    const flowVersionId = Object.hasOwn(versionIds, node.config.flowId) ? versionIds[node.config.flowId] : undefined
    return flowVersionId === undefined ? node : { ...node, config: { ...node.config, flowVersionId } }
  })
  return { ...definition, nodes }
}
