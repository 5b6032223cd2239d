import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FlowFacts } from './run.ts'
import { FlowTrigger } from './schema.ts'
import { matchesKeyword, matchTriggers, nextFireMs, type TriggerableFlow, type TriggerEvent } from './triggers.ts'

const NOW_MS = Date.UTC(2026, 5, 1, 9)
const FACTS: FlowFacts = {
  contact: { id: 'c', name: 'Ana', phone: null, email: null, locale: 'es', tags: ['vip'], fields: { city: 'Lima' } },
  business: { timeZone: 'America/Lima' },
  calendars: {},
}
const flow = (id: string, triggers: object[], rest: Partial<TriggerableFlow> = {}): TriggerableFlow => ({
  id,
  flowVersionId: `${id}-1`,
  priority: 100,
  createdAtMs: 0,
  triggers: triggers.map((trigger) => FlowTrigger.parse(trigger)),
  ...rest,
})
const started = (event: TriggerEvent, flows: TriggerableFlow[]): string[] =>
  matchTriggers(event, flows, { facts: FACTS, nowMs: NOW_MS }).map((match) => match.flow.id)
const message = (text: string, isFirst = false): TriggerEvent => ({ kind: 'message', text, seq: 1, isFirst })

test('[FLOW-08] keywords in any case, with or without accents, in any script', () => {
  const table: [string, string, 'any' | 'exact' | 'contains' | 'starts', boolean][] = [
    ['Quiero ver el MENÚ, por favor', 'menu', 'any', true],
    ['menudo lío', 'menu', 'any', false],
    ['menudo lío', 'menu', 'contains', true],
    ['¡Menú!', 'menu', 'exact', true],
    ['el menú', 'menu', 'exact', false],
    ['menu del dia', 'Menú', 'starts', true],
    ['menudo', 'menu', 'starts', false],
    ['where is my order?', 'my order', 'any', true],
    ['my big order', 'my order', 'any', false],
    ['أريد السِّعر من فضلك', 'السعر', 'any', true],
    ['我想看菜单', '菜单', 'any', true],
    ['ขอดูเมนูหน่อย', 'เมนู', 'any', true],
    ['👍', '👍', 'exact', true],
    ['ok 👍', '👍', 'any', true],
    ['anything', '', 'any', false],
    ['anything', '  ', 'contains', false],
  ]
  for (const [text, keyword, match, expected] of table) {
    assert.equal(matchesKeyword(text, keyword, match), expected, `${text} / ${keyword} / ${match}`)
  }
})

test('by priority, then the more specific trigger, then the older flow; each flow once', () => {
  const flows = [
    flow('catch-all', [{ kind: 'any_message' }], { createdAtMs: 1 }),
    flow('young', [{ kind: 'keyword', keywords: ['price'] }], { createdAtMs: 9 }),
    flow('old', [{ kind: 'any_message' }, { kind: 'keyword', keywords: ['price'] }], { createdAtMs: 5, priority: 100 }),
    flow('urgent', [{ kind: 'any_message' }], { priority: 1, createdAtMs: 99 }),
    flow('welcome', [{ kind: 'first_message' }]),
  ]
  assert.deepEqual(started(message('the price?'), flows), ['urgent', 'young', 'catch-all', 'old'])
  assert.deepEqual(started(message('hello', true), flows), ['urgent', 'welcome', 'catch-all', 'old'])
})

test('[FLOW-08] a change of an attribute, a tag, a time and the API start their own flows only', () => {
  const flows = [
    flow('field', [{ kind: 'contact_field_changed', field: 'city' }]),
    flow('tag', [{ kind: 'contact_tagged', tag: 'vip' }]),
    flow('time', [{ kind: 'time', timeZone: 'America/Lima', times: ['09:00'] }]),
    flow('api', [{ kind: 'api' }]),
    flow('any', [{ kind: 'any_message' }]),
  ]
  assert.deepEqual(started({ kind: 'contact_field_changed', field: 'city', from: null, to: 'Lima' }, flows), ['field'])
  assert.deepEqual(started({ kind: 'contact_field_changed', field: 'name', from: null, to: 'x' }, flows), [])
  assert.deepEqual(started({ kind: 'contact_tagged', tag: 'vip' }, flows), ['tag'])
  assert.deepEqual(started({ kind: 'time', flowId: 'time', atMs: NOW_MS }, flows), ['time'])
  assert.deepEqual(started({ kind: 'api', flowId: 'api', data: { a: 1 } }, flows), ['api'])
  assert.deepEqual(started({ kind: 'api', flowId: 'time' }, flows), [])
})

test('a condition lets in or not, over contact and trigger; one that explodes stays silent', () => {
  const when = { and: [{ in: ['vip', { var: 'contact.tags' }] }, { text_contains: [{ var: 'trigger.text' }, 'hola'] }] }
  const flows = [
    flow('es', [{ kind: 'any_message', when }]),
    flow('no', [{ kind: 'any_message', when: { '!': [true] } }]),
  ]
  assert.deepEqual(started(message('HOLA'), flows), ['es'])
  assert.deepEqual(started(message('hello'), flows), [])
  const list = Array.from({ length: 40 }, (_, index) => index)
  const bomb = { map: [list, { map: [list, { map: [list, 1] }] }] }
  assert.deepEqual(started(message('x'), [flow('bomb', [{ kind: 'any_message', when: bomb }])]), [])
})

test('what the trigger knows goes to the run', () => {
  const [match] = matchTriggers(message('the PRICE'), [flow('f', [{ kind: 'keyword', keywords: ['x', 'price'] }])], {
    facts: FACTS,
    nowMs: NOW_MS,
  })
  assert.deepEqual(match?.facts, { kind: 'keyword', text: 'the PRICE', seq: 1, keyword: 'price' })
})

test('[FLOW-11] a time trigger names its next instant in its own zone', () => {
  const trigger = FlowTrigger.parse({ kind: 'time', timeZone: 'Europe/Berlin', days: [6], times: ['02:30'] })
  assert.equal(trigger.kind, 'time')
  if (trigger.kind !== 'time') return
  const first = nextFireMs(trigger, Date.UTC(2026, 2, 27))
  assert.equal(new Date(first).toISOString(), '2026-03-29T01:00:00.000Z')
  assert.equal(new Date(nextFireMs(trigger, first)).toISOString(), '2026-04-05T00:30:00.000Z')
})
