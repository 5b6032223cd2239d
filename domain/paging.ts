import { z } from 'zod'

/** How lists are asked for. A cursor is opaque: it names the last row seen, so pages stay true while rows arrive. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(500).optional(),
})
export type PageQuery = z.infer<typeof PageQuery>

export type Page<T> = { items: T[]; nextCursor: string | null }

/** The envelope of every list. `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T, id: string) =>
  z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() }).meta({ id })
