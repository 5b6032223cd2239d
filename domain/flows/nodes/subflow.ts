import { z } from 'zod'
import { defineNode } from './contract.ts'
import { VariableName } from './parts.ts'
import { resolveValue, ValueSource, valueReads } from './values.ts'

const SubflowConfig = z.strictObject({
  flowId: z.uuid().optional(),
  /** Set when the outer flow is published, so that a run never changes under its feet; a draft reads the newest. */
  flowVersionId: z.uuid().optional(),
  inputs: z
    .array(z.strictObject({ variable: VariableName, value: ValueSource }))
    .max(20)
    .default([]),
})

/** Runs another flow inside this one. Both see the same variables. */
export const subflow = defineNode({
  type: 'subflow',
  schema: SubflowConfig,
  meta: { category: 'logic', icon: 'workflow' },
  initial: { inputs: [] },
  ports: () => [
    { id: 'completed', required: true, whenOpen: 'complete' },
    { id: 'stopped', required: false, whenOpen: 'complete', orElse: 'completed' },
  ],
  enter(config, step) {
    const key = config.flowVersionId ?? config.flowId
    if (key === undefined) return step.fault('definition_missing', 'no flow was chosen')
    const values = config.inputs.map(({ variable, value }) => ({ variable, value: resolveValue(value, step) }))
    for (const { variable, value } of values) step.setVariable(variable, value)
    return { kind: 'subflow', flowVersionId: key }
  },
  lint: (config) =>
    config.flowId === undefined
      ? [{ severity: 'error', code: 'flow_required', path: '/flowId', message: 'A flow is needed.' }]
      : [],
  reads(config) {
    const all = config.inputs.map(({ value }) => valueReads(value))
    return {
      templates: all.flatMap(({ templates }) => templates),
      conditions: all.flatMap(({ conditions }) => conditions),
    }
  },
  writes: (config) => config.inputs.map(({ variable }) => variable),
})
