import { z } from 'zod'

/** Years that Postgres and the ids know, and offsets that are in use somewhere: -12:00 to +14:00. */
const SANE_INSTANT =
  /^(?:19[7-9]\d|2\d{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

/**
 * An instant as somebody outside writes it, with any offset from UTC; inside it is one in UTC. What Postgres could not
 * take is refused here: where rows are read while the answer runs, it would be too late for a refusal.
 */
export const InstantInput = z.iso
  .datetime({ offset: true })
  .regex(SANE_INSTANT)
  .meta({ format: 'date-time' })
  .transform((text) => new Date(text).toISOString())

/** `true` or `false` in a query, and no other word for it. */
export const FlagInput = z
  .stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' })
  .meta({ type: 'boolean' })

const LOCAL_PART_MAX = 64

/** An address of mail. Before its `@` there are at most 64 characters, or no server would take it. */
export const EmailInput = z
  .email()
  .max(254)
  .refine((address) => address.indexOf('@') <= LOCAL_PART_MAX, {
    message: 'The part before @ is too long.',
    params: { code: 'email' },
  })
