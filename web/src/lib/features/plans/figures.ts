import { z } from 'zod'
import { ChangedFigures } from '#domain/platform/plans.ts'
import { HOUSE_LIMITS, isMonthly, QUOTAS, type Quota, RATES, type Rate } from '#domain/quotas/plans.ts'
import type { MessageKey } from '#lib/i18n/index.ts'

export type Figure = Quota | Rate
type Group = { title: MessageKey; text?: MessageKey; figures: readonly Figure[] }

export const FIGURE_GROUPS: readonly Group[] = [
  { title: 'usage.kept', figures: QUOTAS.filter((quota) => !isMonthly(quota)) },
  { title: 'plans.monthly', figures: QUOTAS.filter(isMonthly) },
  { title: 'usage.rates', text: 'plans.rates_text', figures: RATES },
]

const isRate = (figure: Figure): figure is Rate => (RATES as readonly Figure[]).includes(figure)
export const labelOf = (figure: Figure): MessageKey =>
  isRate(figure) ? `usage.rate_${figure}` : `usage.quota_${figure}`

/** People count files in gigabytes, and everything else one by one. */
const unitOf = (figure: Figure): number => (figure === 'storageBytes' ? 1_000_000_000 : 1)
export const isStorage = (figure: Figure): boolean => figure === 'storageBytes'

/** A figure as it is written into a field; nothing is the figure of who stands below. */
export const writtenOf = (figure: Figure, value: number | null | undefined): string =>
  value === null || value === undefined ? '' : String(value / unitOf(figure))
/** What holds where nothing is written, in the unit of the field. */
export const houseFigure = (figure: Figure): number => HOUSE_LIMITS[figure] / unitOf(figure)

/** What is written in a field, as the figure that is sent: null where it is left empty. */
export const writtenFigure = (figure: Figure) =>
  z
    .string()
    .trim()
    .regex(/^(?:\d+(?:[.,]\d+)?)?$/)
    .transform((text) => (text === '' ? null : Math.round(Number(text.replace(',', '.')) * unitOf(figure))))
    .pipe(ChangedFigures.shape[figure].unwrap())

export type WrittenFigures = Record<Figure, string>
export const writtenAll = (values: Partial<Record<Figure, number | null>>): WrittenFigures =>
  Object.fromEntries(
    [...QUOTAS, ...RATES].map((figure) => [figure, writtenOf(figure, values[figure])]),
  ) as WrittenFigures

export const WrittenFigures = z.strictObject(
  Object.fromEntries([...QUOTAS, ...RATES].map((figure) => [figure, writtenFigure(figure)])) as {
    [F in Figure]: ReturnType<typeof writtenFigure>
  },
)
