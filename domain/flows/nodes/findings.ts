import { parseTemplate } from '../templates.ts'
import type { NodeFinding } from './contract.ts'

/**
 * What is wrong with the length of a text for WhatsApp: nothing written, or more than it takes. The fixed part decides
 * an error; with values in it, a text that is near the limit may be cut, which is a warning.
 */
export function lengthFinding(input: {
  path: string
  text: string
  charsMax: number
  optional?: boolean
}): NodeFinding | undefined {
  const { path, text, charsMax } = input
  if (text.trim() === '') {
    if (input.optional) return undefined
    return { severity: 'error', code: 'text_required', path, message: 'A text is needed.' }
  }
  const parts = parseTemplate(text)
  const fixedChars = parts.reduce((sum, part) => sum + (part.kind === 'text' ? part.text.length : 0), 0)
  const params = { charsMax, chars: fixedChars }
  if (fixedChars > charsMax) {
    return { severity: 'error', code: 'text_too_long', path, message: `WhatsApp takes ${charsMax} characters.`, params }
  }
  const hasSlots = parts.some((part) => part.kind === 'slot')
  if (hasSlots && fixedChars > charsMax * 0.9) {
    return { severity: 'warning', code: 'text_may_be_cut', path, message: `May pass ${charsMax} characters.`, params }
  }
  return undefined
}

/** Drops what was found to be in order. */
export const found = (...findings: (NodeFinding | undefined)[]): NodeFinding[] =>
  findings.filter((finding) => finding !== undefined)
