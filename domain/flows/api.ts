import { z } from 'zod'
import { pageOf } from '../paging.ts'
import { FlowDefinition } from './schema.ts'

export const FLOW_PROBLEM_SEVERITIES = ['error', 'warning'] as const
export const FlowProblem = z
  .looseObject({
    severity: z.enum(FLOW_PROBLEM_SEVERITIES),
    code: z.string(),
    nodeId: z.string().optional(),
    path: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'FlowProblem', description: '`code` is a translation key; errors forbid publishing, warnings do not.' })

export const FlowValidation = z
  .strictObject({ ok: z.boolean(), problems: z.array(FlowProblem) })
  .meta({ id: 'FlowValidation' })
export type FlowValidation = z.infer<typeof FlowValidation>

export const FlowSummary = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    priority: z.int(),
    /** What starts it, as the published version says, else the draft. */
    triggers: z.array(z.string()),
    published: z.strictObject({ versionId: z.uuid(), number: z.int(), publishedAt: z.iso.datetime() }).nullable(),
    hasUnpublishedChanges: z.boolean(),
    /** People inside now, and what became of the runs of the last 30 days. */
    standingCount: z.int(),
    endedCount: z.int(),
    completedCount: z.int(),
    /** The lock of the draft: send it back with a change. */
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'FlowSummary' })
export type FlowSummary = z.infer<typeof FlowSummary>

export const FlowPage = pageOf(FlowSummary, 'FlowPage')

export const Flow = FlowSummary.extend({ draft: FlowDefinition, problems: z.array(FlowProblem) }).meta({ id: 'Flow' })
export type Flow = z.infer<typeof Flow>

export const FlowVersion = z
  .strictObject({
    id: z.uuid(),
    flowId: z.uuid(),
    number: z.int(),
    note: z.string(),
    publishedBy: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    publishedAt: z.iso.datetime(),
    /** Absent in lists: a definition may be large. */
    definition: FlowDefinition.optional(),
  })
  .meta({ id: 'FlowVersion' })
export type FlowVersion = z.infer<typeof FlowVersion>

export const FlowVersionPage = pageOf(FlowVersion, 'FlowVersionPage')

export const FlowCounts = z
  .strictObject({
    flowId: z.uuid(),
    total: z.int(),
    nodes: z.array(z.strictObject({ nodeId: z.string(), count: z.int() })),
  })
  .meta({ id: 'FlowCounts', description: 'How many people stand at each node now.' })
export type FlowCounts = z.infer<typeof FlowCounts>

const name = z.string().trim().min(1).max(120)
const description = z.string().trim().max(2_000)
const priority = z.int().min(0).max(1_000)

export const CreateFlow = z
  .strictObject({
    name,
    description: description.default(''),
    priority: priority.default(100),
    draft: FlowDefinition.optional(),
  })
  .meta({ id: 'CreateFlow' })
export type CreateFlow = z.infer<typeof CreateFlow>

/** `version` is the one that was read: two people drawing one flow never overwrite each other unseen. */
export const ChangeFlow = z
  .strictObject({
    version: z.int(),
    name: name.optional(),
    description: description.optional(),
    priority: priority.optional(),
    draft: FlowDefinition.optional(),
  })
  .meta({ id: 'ChangeFlow' })
export type ChangeFlow = z.infer<typeof ChangeFlow>

export const ValidateFlow = z.strictObject({ draft: FlowDefinition.optional() }).meta({ id: 'ValidateFlow' })
export const PublishFlow = z
  .strictObject({ version: z.int(), note: z.string().trim().max(500).default(''), enable: z.boolean().default(false) })
  .meta({ id: 'PublishFlow' })
export type PublishFlow = z.infer<typeof PublishFlow>
