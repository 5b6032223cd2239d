import type { Json } from '#domain/conditions/json.ts'
import { type Code, type Edit, holds } from '../support/without.ts'

const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })

/** What members write into flows: conditions and texts. */
const open = async (code: Code) => ({
  budget: await code<typeof import('#domain/conditions/budget.ts')>('domain/conditions/budget.ts'),
  check: await code<typeof import('#domain/conditions/check.ts')>('domain/conditions/check.ts'),
  evaluate: await code<typeof import('#domain/conditions/evaluate.ts')>('domain/conditions/evaluate.ts'),
  paths: await code<typeof import('#domain/conditions/paths.ts')>('domain/conditions/paths.ts'),
  templates: await code<typeof import('#domain/flows/templates.ts')>('domain/flows/templates.ts'),
})

const STRANGE: Json[] = [
  { log: 'x' },
  { constructor: ['return process'] },
  { toString: [] },
  { regex: ['(a+)+$', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'] },
  { method: ['a', 'constructor'] },
  { reduce: [[1], { '+': [{ var: 'current' }, 1] }, 0] },
]

holds('[S23] [S25] nothing but the operators of the house is taken into a condition', {
  open,
  async attack({ check }) {
    return STRANGE.filter((rule) => check.checkCondition(rule).problems.length === 0).map((rule) =>
      JSON.stringify(rule),
    )
  },
  without: edit(
    'domain/conditions/check.ts',
    'if (names.length !== 1 || name === undefined || arity === undefined) {',
    'if (arity === undefined || name === undefined) return\n  if (names.length !== 1) {',
  ),
})

holds('[S24] a condition costs no more than its budget, however its lists are nested', {
  open,
  async attack({ budget, evaluate }) {
    const items = Array.from({ length: 200 }, (_, index) => index)
    const rule: Json = { map: [items, { map: [items, { '+': [{ var: '' }, 1] }] }] }
    try {
      evaluate.evaluate(rule, {}, budget.freshBudget())
      return ['forty thousand sums']
    } catch {
      return []
    }
  },
  without: edit('domain/conditions/budget.ts', 'if (budget.left < 0) throw', 'if (false) throw'),
})

holds('[S28] nothing that an object has inherited can be read by a path', {
  open,
  async attack({ paths }) {
    const data = JSON.parse('{"a":{"b":1}}') as Json
    const names = [
      'constructor',
      'a.constructor',
      '__proto__',
      'a.__proto__.constructor',
      'toString',
      'a.hasOwnProperty',
    ]
    return names.filter((name) => paths.readPath(data, name) !== null)
  },
  without: edit(
    'domain/conditions/paths.ts',
    "if (value === null || typeof value !== 'object' || !Object.hasOwn(value, segment)) return null",
    "if (value === null || typeof value !== 'object') return null",
  ),
})

const SECRET = '254700000001'
const budget = { left: Number.POSITIVE_INFINITY }

holds('[S26] a name that looks like a template stays a name: values are read once', {
  open,
  async attack({ templates }) {
    const scope: Json = {
      contact: { name: '{{contact.phone}}', phone: SECRET },
      vars: { a: '{{', b: 'contact.phone}}' },
    }
    const texts = ['Hello {{contact.name}}', '{{vars.a}}{{vars.b}}', '{{ {{vars.b}} }}']
    return texts.filter((text) =>
      templates.renderTemplate(text, scope, { charsMax: 1_000, budget }).text.includes(SECRET),
    )
  },
  // A second pass, as it comes about where somebody renders what is already rendered.
  without: edit(
    'domain/flows/templates.ts',
    '  return { text, cut: false, missing }\n',
    '  return text !== template && text.includes("{{") ? renderTemplate(text, scope, options) : { text, cut: false, missing }\n',
  ),
})

holds('[S27] a text is cut at what may be sent, whatever its values hold', {
  open,
  async attack({ templates }) {
    const scope: Json = { vars: { long: 'x'.repeat(100_000) } }
    const { text } = templates.renderTemplate('{{vars.long}}'.repeat(100), scope, { charsMax: 4_096, budget })
    return text.length > 4_096 ? [`${text.length} characters`] : []
  },
  without: edit('domain/flows/templates.ts', 'if (text.length > options.charsMax) return', 'if (false) return'),
})
