import { z } from 'zod'
import { asciiDigits } from '../../conditions/text.ts'
import { messageText } from '../answers.ts'
import { askFindings, plainAsk, plainQuestion } from './ask.ts'
import { defineNode, type NodeFinding } from './contract.ts'
import { ASK_FIELDS } from './parts.ts'

const AskNumberConfig = z.strictObject({
  ...ASK_FIELDS,
  min: z.number().optional(),
  max: z.number().optional(),
  integer: z.boolean().default(false),
  /** How a lone `1,234` is read: as 1.234 when set, else as 1234. */
  decimalComma: z.boolean().default(false),
})
type AskNumberConfig = z.infer<typeof AskNumberConfig>

const GROUPED = /^\d{1,3}(?:[.,' ]\d{3})+$/

/**
 * Reads a number as people write it: digits of any script, thousands grouped or not, comma or point, a currency sign or
 * unit around it. @returns undefined when there is not exactly one number.
 */
export function parseNumber(text: string, decimalComma: boolean): number | undefined {
  const plain = asciiDigits(text)
    .replaceAll('\u066b', '.')
    .replaceAll('\u066c', '')
    .replace(/[\u00a0\u202f\u2009]/gu, ' ')
    .replaceAll('\u2212', '-')
  const runs = plain.match(/-?\d[\d.,' ]*/gu) ?? []
  const run = runs[0]
  if (runs.length !== 1 || run === undefined || run.length > 30) return undefined
  const sign = run.startsWith('-') ? -1 : 1
  const digits = run.replace('-', '').replace(/[.,' ]+$/u, '')
  const value = Number(decimalOf(digits, decimalComma))
  return Number.isFinite(value) ? sign * value : undefined
}

/** The digits with a point as the only sign. The last of two different signs is the decimal one. */
function decimalOf(digits: string, decimalComma: boolean): string {
  const signs = [...new Set(digits.replace(/\d/gu, ''))]
  if (signs.length === 0) return digits
  const last = digits.charAt(Math.max(...signs.map((sign) => digits.lastIndexOf(sign))))
  const once = digits.split(last).length === 2
  const groupedOnly = signs.length === 1 && GROUPED.test(digits)
  const isDecimal = (last === ',' || last === '.') && once && (!groupedOnly || last === (decimalComma ? ',' : '.'))
  if (!isDecimal) return groupedOnly ? digits.replace(/\D/gu, '') : 'NaN'
  const [whole = '', fraction = ''] = digits.split(last)
  if (signs.length > 1 && !GROUPED.test(whole)) return 'NaN'
  return `${whole.replace(/\D/gu, '')}.${fraction}`
}

/** Asks for a number, within bounds if there are any. */
export const askNumber = defineNode({
  type: 'ask_number',
  schema: AskNumberConfig,
  meta: { category: 'question', icon: 'hash' },
  initial: { text: '', retriesMax: 2, integer: false, decimalComma: false },
  ...plainQuestion,
  ask: plainAsk<AskNumberConfig>((config, { content }) => {
    if (content.kind !== 'text' && content.kind !== 'tap') return { refused: 'not_text' }
    const value = parseNumber(messageText(content), config.decimalComma)
    if (value === undefined) return { refused: 'not_a_number' }
    if (config.integer && !Number.isInteger(value)) return { refused: 'not_whole' }
    if (config.min !== undefined && value < config.min) return { refused: 'too_small' }
    return config.max !== undefined && value > config.max ? { refused: 'too_large' } : { value }
  }),
  lint(config) {
    const findings: NodeFinding[] = askFindings(config)
    if (config.min !== undefined && config.max !== undefined && config.min > config.max) {
      findings.push({ severity: 'error', code: 'bounds_crossed', path: '/min', message: 'No number fits.' })
    }
    return findings
  },
})
