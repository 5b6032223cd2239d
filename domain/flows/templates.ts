import { type Budget, costOf, spend } from '../conditions/budget.ts'
import type { Json } from '../conditions/json.ts'
import { isSafePath, readPath } from '../conditions/paths.ts'

/** A template in parts. `source` of a slot is how it was written. */
export type TemplatePart =
  | { kind: 'text'; text: string }
  | { kind: 'slot'; path: string; fallback: string | undefined; source: string }

const SLOTS_MAX = 200

/**
 * Reads `{{path | fallback}}` out of a text, in one pass from left to right. What is not a slot with a safe path stays
 * text: a template never fails, and never means more than it shows.
 */
export function parseTemplate(template: string): TemplatePart[] {
  const parts: TemplatePart[] = []
  let from = 0
  let slotsCount = 0
  const text = (until: number): void => {
    if (until > from) parts.push({ kind: 'text', text: template.slice(from, until) })
  }
  for (let open = template.indexOf('{{'); open !== -1 && slotsCount < SLOTS_MAX; ) {
    const close = template.indexOf('}}', open + 2)
    if (close === -1) break
    // The innermost opening counts, so that `{{a {{vars.b}}` still shows b.
    const start = template.lastIndexOf('{{', close - 1)
    const source = template.slice(start, close + 2)
    const slot = parseSlot(source)
    if (slot !== undefined) {
      text(start)
      parts.push(slot)
      slotsCount += 1
      from = close + 2
    }
    open = template.indexOf('{{', close + 2)
  }
  text(template.length)
  return parts
}

function parseSlot(source: string): TemplatePart | undefined {
  const inner = source.slice(2, -2)
  const bar = inner.indexOf('|')
  const path = (bar === -1 ? inner : inner.slice(0, bar)).trim()
  if (!isSafePath(path)) return undefined
  return { kind: 'slot', path, fallback: bar === -1 ? undefined : inner.slice(bar + 1).trim(), source }
}

/** A value as text: scalars as they are, lists of scalars with commas, nothing for null and objects. */
export function valueText(value: Json): string {
  if (value === null) return ''
  if (Array.isArray(value))
    return value
      .map((item) => (typeof item === 'object' ? '' : String(item)))
      .filter(Boolean)
      .join(', ')
  return typeof value === 'object' ? '' : String(value)
}

type Filling = { charsMax: number; budget: Budget }

function readSlot(path: string, scope: Json, { budget }: Filling): Json {
  const value = readPath(scope, path)
  spend(budget, Array.isArray(value) ? 1 + Math.floor(value.length / 64) : costOf(value))
  return value
}

/**
 * Fills a template. Values are put in as they are and never read again, so a contact named `{{contact.phone}}` stays that.
 *
 * @param options.charsMax where the result is cut, with an ellipsis, never inside a character.
 * @param options.budget what each value is charged to.
 * @param options.escape applied to each value and fallback, for addresses.
 * @throws DomainError `flow_budget_exceeded` when the budget is spent.
 */
export function renderTemplate(
  template: string,
  scope: Json,
  options: Filling & { escape?: (text: string) => string },
): { text: string; cut: boolean; missing: string[] } {
  const missing: string[] = []
  const escaped = options.escape ?? ((value: string) => value)
  let text = ''
  for (const part of parseTemplate(template)) {
    if (part.kind === 'text') text += part.text
    else {
      const value = valueText(readSlot(part.path, scope, options))
      if (value === '' && part.fallback === undefined) missing.push(part.path)
      text += escaped(value === '' ? (part.fallback ?? '') : value)
    }
    if (text.length > options.charsMax) return { text: cutText(text, options.charsMax), cut: true, missing }
  }
  return { text, cut: false, missing }
}

/** The value of a template that is exactly one slot keeps its type; any other template gives text. */
export function renderValue(template: string, scope: Json, options: Filling): Json {
  const parts = parseTemplate(template)
  const only = parts.length === 1 ? parts[0] : undefined
  if (only?.kind === 'slot') return readSlot(only.path, scope, options) ?? only.fallback ?? null
  return renderTemplate(template, scope, options).text
}

/** Fills every text inside a JSON value; keys stay as they are written. */
export function renderJson(value: Json, scope: Json, options: Filling): Json {
  if (typeof value === 'string') return renderValue(value, scope, options)
  if (Array.isArray(value)) return value.map((item) => renderJson(item, scope, options))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, renderJson(item, scope, options)]))
}

/** Cuts at `charsMax` UTF-16 units with an ellipsis, not between the halves of a character. */
export function cutText(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const cut = text.slice(0, charsMax - 1)
  const last = cut.charCodeAt(cut.length - 1)
  return `${last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut}…`
}
