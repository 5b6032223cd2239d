import { z } from 'zod'
import { defineNode, type NodeFinding } from './contract.ts'
import { PortId } from './parts.ts'

const AbSplitConfig = z.strictObject({
  variants: z
    .array(z.strictObject({ id: PortId, label: z.string().max(80).default(''), weight: z.int().min(0).max(10_000) }))
    .max(10),
  /** `contact`: the same contact always gets the same variant of this node; `run`: every run draws anew. */
  by: z.enum(['contact', 'run']).default('contact'),
})

/** A number from 0 to 2^32 - 1 that depends on nothing but the text: FNV-1a with a final mix, evenly spread. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Splits contacts by weight. Not by chance: the same contact or run takes the same way whenever it is asked again. */
export const abSplit = defineNode({
  type: 'ab_split',
  schema: AbSplitConfig,
  meta: { category: 'logic', icon: 'flask-conical' },
  initial: {
    variants: [
      { id: 'a', label: '', weight: 50 },
      { id: 'b', label: '', weight: 50 },
    ],
    by: 'contact',
  },
  ports: (config) =>
    config.variants.map(({ id, label }) => ({ id, title: label || id, required: true, whenOpen: 'complete' })),
  enter(config, step) {
    const total = config.variants.reduce((sum, { weight }) => sum + weight, 0)
    const subject = config.by === 'contact' ? step.facts.contact.id : step.runId
    let point = (hashText(`${subject}/${step.nodeId}`) / 2 ** 32) * total
    const variant = config.variants.find(({ weight }) => {
      point -= weight
      return point < 0
    })
    return { kind: 'go', port: (variant ?? config.variants[0])?.id ?? 'none' }
  },
  lint(config) {
    const findings: NodeFinding[] = []
    const total = config.variants.reduce((sum, { weight }) => sum + weight, 0)
    if (config.variants.length < 2 || total === 0) {
      const message = 'Two variants are needed, one of them with a weight.'
      findings.push({ severity: 'error', code: 'variants_required', path: '/variants', message })
    }
    if (new Set(config.variants.map(({ id }) => id)).size < config.variants.length) {
      findings.push({ severity: 'error', code: 'duplicate_port', path: '/variants', message: 'Two ways out alike.' })
    }
    return findings
  },
})
