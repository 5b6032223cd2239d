import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'
import { VariableName } from './parts.ts'
import { resolveValue, ValueSource, valueReads } from './values.ts'

const SetVariableConfig = z.strictObject({ variable: VariableName, value: ValueSource })

/** Sets a variable of the run. */
export const setVariable = defineNode({
  type: 'set_variable',
  schema: SetVariableConfig,
  meta: { category: 'logic', icon: 'variable' },
  initial: { variable: 'value', value: { kind: 'template', template: '' } },
  ports: () => [NEXT],
  enter(config, step) {
    step.setVariable(config.variable, resolveValue(config.value, step))
    return { kind: 'go', port: 'next' }
  },
  reads: (config) => valueReads(config.value),
  writes: (config) => [config.variable],
})
