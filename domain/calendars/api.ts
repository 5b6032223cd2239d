import { z } from 'zod'
import { PageQuery, pageOf } from '../paging.ts'
import { Calendar } from './schema.ts'

const Name = z.string().trim().min(1).max(80)

/** A calendar as it is kept: with a name, and one of them the tenant's default. */
export const StoredCalendar = z
  .strictObject({
    ...Calendar.shape,
    id: z.uuid(),
    name: z.string(),
    isDefault: z.boolean(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'StoredCalendar' })
export type StoredCalendar = z.infer<typeof StoredCalendar>
export const CalendarPage = pageOf(StoredCalendar, 'CalendarPage')
export const ListCalendars = PageQuery

export const CreateCalendar = z
  .strictObject({ ...Calendar.shape, name: Name, isDefault: z.boolean().default(false) })
  .meta({ id: 'CreateCalendar' })
export type CreateCalendar = z.infer<typeof CreateCalendar>

/** `isDefault: true` takes the place of the present default; there is always one, so it cannot be set to false. */
export const ChangeCalendar = z
  .strictObject({
    name: Name.optional(),
    timeZone: Calendar.shape.timeZone.optional(),
    week: Calendar.shape.week.optional(),
    holidays: Calendar.shape.holidays.unwrap().optional(),
    isDefault: z.literal(true).optional(),
  })
  .meta({ id: 'ChangeCalendar' })
export type ChangeCalendar = z.infer<typeof ChangeCalendar>
