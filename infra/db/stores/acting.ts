import type { Actor } from '#domain/events/schema.ts'

/** Who does it and where: what every verb that changes something is told. */
export type Acting = { tenantId: string; actor: Actor }

/** What a list is asked for: at most `limit` rows (callers ask for one more than they show), after a position. */
export type ListPage = { limit: number; after?: readonly (string | number)[] | undefined }
