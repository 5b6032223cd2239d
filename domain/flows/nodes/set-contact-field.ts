import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'
import { ContactFieldKey } from './parts.ts'
import { resolveValue, ValueSource, valueReads } from './values.ts'

const SetContactFieldConfig = z.strictObject({ field: ContactFieldKey, value: ValueSource })

/** Sets an attribute or a custom field of the contact; an empty value takes it away. */
export const setContactField = defineNode({
  type: 'set_contact_field',
  schema: SetContactFieldConfig,
  meta: { category: 'contact', icon: 'user-pen' },
  initial: { field: 'name', value: { kind: 'template', template: '' } },
  ports: () => [NEXT],
  enter(config, step) {
    const value = resolveValue(config.value, step)
    if (typeof value === 'object' && value !== null) step.log({ event: 'problem', code: 'value_not_scalar' })
    else step.setContactField(config.field, value === '' ? null : value)
    return { kind: 'go', port: 'next' }
  },
  reads: (config) => valueReads(config.value),
})
