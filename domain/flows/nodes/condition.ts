import { z } from 'zod'
import type { Json } from '../../conditions/json.ts'
import { Condition } from '../../conditions/schema.ts'
import { defineNode, type NodeFinding } from './contract.ts'
import { PortId } from './parts.ts'

const ConditionConfig = z.strictObject({
  branches: z.array(z.strictObject({ id: PortId, label: z.string().max(80).default(''), when: Condition })).max(20),
})

/** Takes the first branch whose condition holds, else `else`. */
export const condition = defineNode({
  type: 'condition',
  schema: ConditionConfig,
  meta: { category: 'logic', icon: 'split' },
  initial: { branches: [{ id: 'yes', label: '', when: { '!': [{ is_empty: [{ var: 'run.last_text' }] }] } }] },
  ports: (config) => [
    ...config.branches.map(({ id, label }) => ({
      id,
      ...(label === '' ? {} : { title: label }),
      required: true,
      whenOpen: 'complete' as const,
    })),
    { id: 'else', required: true, whenOpen: 'complete' },
  ],
  enter(config, step) {
    const branch = config.branches.find(({ when }) => step.holds(when as Json))
    return { kind: 'go', port: branch?.id ?? 'else' }
  },
  lint(config) {
    const findings: NodeFinding[] = []
    if (config.branches.length === 0) {
      findings.push({ severity: 'error', code: 'branch_required', path: '/branches', message: 'A branch is needed.' })
    }
    const ids = new Set<string>(['else'])
    for (const [index, { id }] of config.branches.entries()) {
      if (ids.has(id)) {
        const path = `/branches/${index}/id`
        findings.push({
          severity: 'error',
          code: 'duplicate_port',
          path,
          port: id,
          message: `Two ways out named ${id}.`,
        })
      }
      ids.add(id)
    }
    return findings
  },
  reads: (config) => ({ templates: [], conditions: config.branches.map(({ when }) => when as Json) }),
})
