import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { freshBudget } from '../conditions/budget.ts'
import type { Json } from '../conditions/json.ts'
import { cutText, parseTemplate, renderJson, renderTemplate } from './templates.ts'

const SCOPE: Json = {
  contact: { name: 'Zoë', tags: ['a', 'b'], fields: { '2fa': true } },
  vars: { count: 3, place: { name: 'Home' }, evil: '{{contact.name}}' },
}
const render = (template: string, charsMax = 4_096) =>
  renderTemplate(template, SCOPE, { charsMax, budget: freshBudget() }).text

test('[FLOW-02] values, fallbacks, lists and paths into objects', () => {
  const table: [string, string][] = [
    ['Hi {{contact.name}}!', 'Hi Zoë!'],
    ['{{ contact.name | friend }}', 'Zoë'],
    ['{{vars.none | friend | of ours}}', 'friend | of ours'],
    ['{{vars.none}}', ''],
    ['{{contact.tags}} {{vars.count}} {{contact.fields.2fa}}', 'a, b 3 true'],
    ['{{vars.place}}{{vars.place.name}}', 'Home'],
    ['{{{vars.count}}}', '{3}'],
    ['{{a {{vars.count}} b}}', '{{a 3 b}}'],
    ['{{', '{{'],
    ['}}{{}}', '}}{{}}'],
    ['{{contact.name', '{{contact.name'],
    ['{{contact name}}', '{{contact name}}'],
  ]
  for (const [template, text] of table) assert.equal(render(template), text, template)
})

test('[S26] a value is never read as a template: one pass, whatever it holds', () => {
  assert.equal(render('{{vars.evil}} {{vars.none | {{contact.name}}}}'), '{{contact.name}} {{vars.none | Zoë}}')
})

test('[S28] names of the machinery stay text', () => {
  for (const path of ['__proto__', 'constructor.name', 'contact.__proto__.x', 'contact.constructor']) {
    assert.equal(render(`{{${path}}}`), `{{${path}}}`)
  }
})

test('[S27] a million slots and ten megabytes come out within the limit, at once', () => {
  const from = process.threadCpuUsage().user
  assert.equal(render('{{vars.count}}'.repeat(1_000_000), 4_096).length, 4_096)
  assert.equal(render('{{'.repeat(500_000), 100).length, 100)
  assert.equal(render('{{ }}'.repeat(200_000), 100).length, 100)
  assert.equal(render('x'.repeat(10_000_000), 100).length, 100)
  assert.ok(process.threadCpuUsage().user - from < 1_000_000, 'a second of the processor')
})

test('[S27] values are charged to the budget, so that many long lists end a turn and do not hold up the others', () => {
  const scope: Json = { vars: { list: Array.from({ length: 2_000 }, () => ({})) } }
  const budget = freshBudget()
  const fill = () => renderTemplate('{{vars.list}}'.repeat(200), scope, { charsMax: 4_096, budget })
  assert.equal(fill().text, '')
  assert.throws(
    () => {
      for (let filled = 1; filled < 50; filled += 1) fill()
    },
    { code: 'flow_budget_exceeded' },
  )
})

test('a cut never splits a character', () => {
  assert.equal(cutText('ab😀', 3), 'ab…')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (text, charsMax) => {
      const cut = cutText(text, charsMax)
      assert.ok(cut.length <= charsMax && (cut.isWellFormed() || !text.isWellFormed()))
    }),
  )
})

test('in JSON a template that is one slot keeps the type of its value', () => {
  const body = { count: '{{vars.count}}', list: ['{{contact.tags}}', 'n={{vars.count}}'], none: '{{vars.none}}' }
  assert.deepEqual(renderJson(body, SCOPE, { charsMax: 100, budget: freshBudget() }), {
    count: 3,
    list: [['a', 'b'], 'n=3'],
    none: null,
  })
})

test('parts put together are the template', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('{{', '}}', '{', '}', 'vars.a', '|', ' ', 'x'), { maxLength: 30 }),
      (pieces) => {
        const template = pieces.join('')
        const whole = parseTemplate(template).map((part) => (part.kind === 'text' ? part.text : part.source))
        assert.equal(whole.join(''), template)
      },
    ),
  )
})
