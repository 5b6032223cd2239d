import { z } from 'zod'
import { pageOf } from '../paging.ts'

/** Names of hues, not values: the screen gives each a shade that is legible in light and dark. */
export const TAG_COLORS = ['grey', 'red', 'orange', 'amber', 'green', 'teal', 'blue', 'violet', 'pink'] as const
export const TagColor = z.enum(TAG_COLORS).meta({ id: 'TagColor' })
export type TagColor = z.infer<typeof TagColor>

export const TagRef = z.strictObject({ id: z.uuid(), name: z.string(), color: TagColor }).meta({ id: 'TagRef' })
export type TagRef = z.infer<typeof TagRef>

export const Tag = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    color: TagColor,
    contactCount: z.int(),
    conversationCount: z.int(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Tag' })
export type Tag = z.infer<typeof Tag>

export const TagPage = pageOf(Tag, 'TagPage')

export const CreateTag = z
  .strictObject({ name: z.string().trim().min(1).max(60), color: TagColor.default('grey') })
  .meta({ id: 'CreateTag' })
export type CreateTag = z.infer<typeof CreateTag>

export const ChangeTag = z
  .strictObject({ name: z.string().trim().min(1).max(60).optional(), color: TagColor.optional() })
  .meta({ id: 'ChangeTag' })
export type ChangeTag = z.infer<typeof ChangeTag>

/** CONV-19: what is put on, and taken off, all of these conversations in one act. */
export const TagConversations = z
  .strictObject({
    conversationIds: z.array(z.uuid()).min(1).max(100),
    add: z.array(z.uuid()).max(10).default([]),
    remove: z.array(z.uuid()).max(10).default([]),
  })
  .meta({ id: 'TagConversations' })
export type TagConversations = z.infer<typeof TagConversations>

export const TaggedConversations = z
  .strictObject({ tagged: z.int(), untagged: z.int() })
  .meta({ id: 'TaggedConversations', description: 'How many pairs of a conversation and a tag are new, and are gone.' })
export type TaggedConversations = z.infer<typeof TaggedConversations>
