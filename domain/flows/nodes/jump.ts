import { z } from 'zod'
import { defineNode } from './contract.ts'
import { NodeId } from './parts.ts'

const JumpConfig = z.strictObject({ nodeId: NodeId.optional() })

/** Goes on at another node of the same flow, without a long edge across the canvas. */
export const jump = defineNode({
  type: 'jump',
  schema: JumpConfig,
  meta: { category: 'logic', icon: 'corner-down-right' },
  initial: {},
  ports: () => [],
  enter: (config, step) =>
    config.nodeId === undefined
      ? step.fault('node_missing', 'no node was chosen')
      : { kind: 'jump', nodeId: config.nodeId },
  lint: (config) =>
    config.nodeId === undefined
      ? [{ severity: 'error', code: 'node_required', path: '/nodeId', message: 'A node is needed.' }]
      : [],
})
