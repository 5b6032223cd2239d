import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isJson, type Json } from '#domain/conditions/json.ts'
import { applyToFacts } from '#domain/flows/facts.ts'
import { interpret } from '#domain/flows/interpreter.ts'
import { NODES_PER_EVENT_MAX, SENDS_PER_WINDOW_MAX } from '#domain/flows/limits.ts'
import { NODE_TYPE_NAMES, nodeTypeOf } from '#domain/flows/nodes/index.ts'
import { type FlowEvent, type FlowFacts, type InterpreterState, needsMessage, startState } from '#domain/flows/run.ts'
import { SAMPLES } from '#domain/flows/samples/index.ts'
import { FlowDefinition } from '#domain/flows/schema.ts'
import { validateFlow } from '#domain/flows/validate.ts'
import { type InboundContent, OutboundContent } from '#domain/messages/schema.ts'

const START_MS = Date.UTC(2026, 2, 28, 12)
const TYPES = NODE_TYPE_NAMES.filter((type) => type !== 'start' && type !== 'note')
const nodeId = fc.integer({ min: 0, max: 7 }).map((index) => `n${index}`)
const text = fc.oneof(
  fc.constantFrom(
    'Hello {{contact.name}}',
    '{{vars.a | x}}',
    '{{vars.b}}',
    '',
    'a'.repeat(5_000),
    '{{{{}}{{run.today}}',
  ),
  fc.string({ maxLength: 40, unit: 'grapheme' }),
)
const path = fc.constantFrom('vars.a', 'vars.b', 'contact.name', 'contact.tags', 'run.time', 'trigger.text', 'vars.a.b')
const rule: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  fc
    .tuple(fc.constantFrom('==', '!=', '<', '>=', 'in', 'text_contains'), path, fc.oneof(fc.string(), fc.integer()))
    .map(([operator, variable, value]) => ({ [operator]: [{ var: variable }, value] })),
  path.map((variable) => ({ '+': [{ number: [{ var: variable }] }, 1] })),
  path.map((variable) => ({ cat: [{ var: variable }, { var: variable }, 'x'.repeat(900)] })),
)
const variable = fc.constantFrom('a', 'b')
const span = fc.record({
  value: fc.integer({ min: 0, max: 90 }),
  unit: fc.constantFrom('seconds', 'minutes', 'hours', 'days', 'weeks', 'months'),
})
const choices = fc.uniqueArray(fc.constantFrom('yes', 'no', 'more', 'less'), { maxLength: 4 })
const value = fc.oneof(
  text.map((template) => ({ kind: 'template', template })),
  rule.map((given) => ({ kind: 'logic', rule: given })),
)
const optional = <T>(given: fc.Arbitrary<T>) => fc.option(given, { nil: undefined })

const asking = {
  text,
  retryText: optional(text),
  retriesMax: fc.integer({ min: 0, max: 2 }),
  timeout: optional(span),
  variable: optional(variable),
}
const withOptions = (key: string, title: fc.Arbitrary<string>) =>
  choices
    .chain((ids) => fc.tuple(...ids.map((id) => title.map((given) => ({ id, title: given.slice(0, 200) })))))
    .map((made) => ({ [key]: made }))

/** Configs of every type beyond the one with which a node is dropped on the canvas. */
function configOf(type: (typeof TYPES)[number]): fc.Arbitrary<Record<string, unknown>> {
  const initial = fc.constant(nodeTypeOf(type).initial as Record<string, unknown>)
  const made: Partial<Record<string, fc.Arbitrary<Record<string, unknown>>>> = {
    send_text: fc.record({ text }),
    send_media: fc.record({
      media: fc.constantFrom('image', 'audio', 'document'),
      link: optional(fc.constantFrom('https://x.example/{{contact.name}}', 'nope')),
      caption: optional(text),
    }),
    send_link_button: fc.record({
      text,
      label: fc.string({ maxLength: 30 }),
      url: fc.constantFrom('https://x.example/?q={{vars.a}}', '{{vars.a}}'),
    }),
    send_buttons: fc
      .tuple(fc.record(asking), withOptions('buttons', text))
      .map(([config, given]) => ({ ...config, ...given })),
    ask_choice: fc
      .tuple(fc.record(asking), withOptions('options', text))
      .map(([config, given]) => ({ ...config, ...given })),
    condition: fc
      .uniqueArray(fc.constantFrom('p', 'q'), { maxLength: 2 })
      .chain((ids) => fc.tuple(...ids.map((id) => rule.map((when) => ({ id, when })))))
      .map((branches) => ({ branches })),
    set_variable: fc.record({ variable, value }),
    set_contact_field: fc.record({ field: fc.constantFrom('name', 'city'), value }),
    add_tag: fc.record({ tag: fc.string({ maxLength: 80 }) }),
    delay: span.map((given) => ({ until: { kind: 'span', span: given } })),
    jump: nodeId.map((id) => ({ nodeId: id })),
    subflow: fc.constant({ flowVersionId: '018f6f3e-1111-7000-8000-000000000001' }),
    rest_request: fc.record({
      url: fc.constantFrom('https://x.example/{{contact.name}}', '{{vars.a}}'),
      saves: fc.constant([{ variable: 'a', path: 'items.0' }]),
    }),
  }
  const plain = type.startsWith('ask_') && made[type] === undefined ? fc.record(asking) : undefined
  return fc.oneof(made[type] ?? plain ?? initial, initial)
}

const withoutUndefined = (given: unknown): unknown => JSON.parse(JSON.stringify(given))

const definition = fc
  .tuple(
    ...Array.from({ length: 8 }, () =>
      fc.constantFrom(...TYPES).chain((type) => configOf(type).map((config) => ({ type, config }))),
    ),
  )
  .chain((made) => {
    const nodes = [
      { id: 'start', type: 'start', config: {} },
      ...made.map((node, index) => ({ id: `n${index}`, ...node })),
    ]
    const parsed = withoutUndefined(nodes) as { id: string; type: (typeof TYPES)[number]; config: unknown }[]
    const ports = parsed.flatMap(({ id, type, config }) =>
      nodeTypeOf(type)
        .ports(nodeTypeOf(type).schema.parse(config))
        .map(({ id: port }) => ({ node: id, port })),
    )
    return fc
      .tuple(...ports.map((from) => fc.option(nodeId, { freq: 6, nil: undefined }).map((to) => ({ from, to }))))
      .map((edges) => ({
        schemaVersion: 1,
        nodes: parsed,
        edges: edges.filter(({ to }) => to !== undefined),
      }))
  })
  .map((given) => FlowDefinition.parse(given))

const content: fc.Arbitrary<InboundContent> = fc.oneof(
  fc
    .oneof(fc.constantFrom('yes', '2', '3.5', 'a@b.co', '1/2/2026', 'agent'), fc.string({ unit: 'grapheme' }))
    .map((words) => ({ kind: 'text' as const, text: words })),
  fc
    .tuple(nodeId, fc.constantFrom('yes', 'no'))
    .map(([node, id]) => ({ kind: 'tap' as const, source: 'button' as const, id: `run/${node}/${id}`, title: id })),
  fc.constantFrom<InboundContent>(
    { kind: 'image', media: {} },
    { kind: 'document', media: { mimeType: 'video/mp4' } },
    { kind: 'location', latitude: 1, longitude: 2 },
    { kind: 'contacts', contacts: [{ name: 7 }, {}] },
    { kind: 'reaction', messageExternalId: 'x', emoji: null },
    { kind: 'unsupported' },
  ),
)

type Move = { afterMs: number; pick: number; content: InboundContent; body: Json; node: string; name: string }
const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 3 * 86_400_000 }),
    pick: fc.integer({ min: 0, max: 30 }),
    content,
    body: fc.jsonValue() as fc.Arbitrary<Json>,
    node: nodeId,
    name: fc.constantFrom('a', 'constructor', '__proto__'),
  }),
  { minLength: 1, maxLength: 25 },
)

/** Mostly what would really come next, sometimes anything. */
function eventOf(move: Move, state: InterpreterState, nowMs: number): FlowEvent {
  const { posture } = state
  const waitId = 'waitId' in posture && move.pick !== 0 ? posture.waitId : 'w1'
  if (posture.kind === 'working') return { kind: 'started', hasFloor: move.pick % 3 !== 0 }
  const message: FlowEvent = { kind: 'message', seq: move.pick, content: move.content, atMs: nowMs }
  const rare: FlowEvent[] = [
    { kind: 'floorLost' },
    { kind: 'resumed' },
    { kind: 'floorBusy' },
    { kind: 'skip' },
    { kind: 'stop' },
    { kind: 'jump', nodeId: move.node },
    { kind: 'set', name: move.name, value: move.body },
    { kind: 'skip', port: 'timeout' },
    { kind: 'promptFailed', waitId, code: 'x' },
    { kind: 'started', hasFloor: true },
  ]
  if (move.pick < rare.length) return rare[move.pick]!
  if (posture.kind === 'asking')
    return move.pick % 4 === 0
      ? { kind: 'timer', waitId }
      : move.pick % 4 === 1
        ? { kind: 'promptAccepted', waitId, atMs: nowMs }
        : message
  if (posture.kind === 'calling')
    return { kind: 'callResult', waitId, outcome: { kind: 'response', status: move.pick * 20, body: move.body } }
  if (posture.kind === 'waiting_floor') return { kind: 'floorGranted' }
  return posture.kind === 'delaying' ? { kind: 'timer', waitId } : message
}

const FACTS: FlowFacts = {
  contact: {
    id: 'c',
    name: 'Zoë {{vars.a}}',
    phone: null,
    email: null,
    locale: null,
    timeZone: 'Australia/Lord_Howe',
    tags: ['vip'],
    fields: {},
  },
  business: { timeZone: 'Europe/Berlin' },
  calendars: {
    default: {
      timeZone: 'Europe/Berlin',
      week: [{ day: 0, spans: [{ opens: '22:00', closes: '02:30' }] }],
      holidays: [],
    },
  },
}
const SUBFLOW = '018f6f3e-1111-7000-8000-000000000001'

/** Plays moves and checks, after each, everything that must hold for any flow and any events. */
function play(flow: FlowDefinition, given: readonly Move[]): unknown[] {
  const definitions = { v1: flow, [SUBFLOW]: flow }
  let state = startState({ runId: 'run', flowVersionId: 'v1', trigger: { kind: 'api' }, nowMs: START_MS })
  let facts = FACTS
  let nowMs = START_MS
  const keys = new Set<Json>()
  const transcript: unknown[] = []
  for (const move of given) {
    nowMs += move.afterMs
    const event = eventOf(move, state, nowMs)
    const before = JSON.stringify(state)
    const wanted = needsMessage(state)
    const result = interpret({ definitions, state, event, facts, nowMs })
    assert.equal(JSON.stringify(state), before, 'the given state is left alone')
    assert.deepEqual(
      interpret({ definitions, state, event, facts, nowMs }),
      result,
      'the same input gives the same output',
    )
    if (event.kind === 'message')
      assert.equal(result.consumed, wanted, 'a message is consumed exactly when it was wanted')
    checkResult(result, keys)
    state = result.state
    facts = applyToFacts(facts, result.commands)
    transcript.push(result.commands)
  }
  return transcript
}

function checkResult({ state, commands, consumed }: ReturnType<typeof interpret>, keys: Set<Json>): void {
  assert.ok(isJson(state) && isJson(commands), 'state and commands are JSON')
  assert.ok(JSON.stringify(state).length < 60_000)
  if (!consumed) assert.deepEqual(commands, [])
  const entered = commands.filter((command) => command.kind === 'log' && command.event === 'entered')
  assert.ok(entered.length <= NODES_PER_EVENT_MAX)
  const sends = commands.filter((command) => command.kind === 'send')
  assert.ok(sends.length <= SENDS_PER_WINDOW_MAX)
  for (const { content: sent } of sends) OutboundContent.parse(sent)
  for (const command of commands) {
    if (!('key' in command)) continue
    assert.ok(!keys.has(command.key), 'no key comes twice')
    keys.add(command.key)
  }
  const ends = commands.filter(({ kind }) => kind === 'end').length
  assert.ok(ends <= 1)
  if (ends === 1) assert.equal(state.posture.kind, 'ended')
  if (state.posture.kind === 'ended') assert.equal(state.hasFloor, false)
  if (ends === 1 && state.posture.kind === 'ended' && state.posture.outcome === 'failed') {
    assert.ok(
      commands.some(({ kind }) => kind === 'handOver'),
      'a fault calls people',
    )
    assert.notEqual(state.posture.code, 'internal')
  }
}

test('[F40] any flow and any events: no throw, no budget passed, JSON only, same in same out', () => {
  fc.assert(
    fc.property(definition, moves, (flow, given) => void play(flow, given)),
    { numRuns: 1_000 },
  )
})

test('any flow is validated without a throw, and always in the same words', () => {
  fc.assert(
    fc.property(definition, (flow) => {
      assert.deepEqual(validateFlow(flow).problems, validateFlow(structuredClone(flow)).problems)
    }),
    { numRuns: 200 },
  )
})

test('the sample flows never fail, whatever people write', () => {
  for (const sample of SAMPLES) {
    for (const flow of Object.values(sample.definition)) {
      fc.assert(
        fc.property(fc.array(content, { maxLength: 12 }), (contents) => {
          let state = startState({ runId: 'run', flowVersionId: 'v1', trigger: { kind: 'keyword' }, nowMs: START_MS })
          const events: FlowEvent[] = [
            { kind: 'started', hasFloor: true },
            ...contents.map((given, seq) => ({ kind: 'message' as const, seq, content: given, atMs: START_MS })),
          ]
          for (const event of events) {
            state = interpret({ definitions: { v1: flow }, state, event, facts: FACTS, nowMs: START_MS }).state
            if (state.posture.kind === 'ended') assert.notEqual(state.posture.outcome, 'failed')
          }
        }),
        { numRuns: 30 },
      )
    }
  }
})

test('[PERF-08] a flow of 100 nodes is walked in less than 5 ms', () => {
  const nodes = Array.from({ length: 99 }, (_, index) =>
    index % 33 === 32
      ? { id: `n${index}`, type: 'ask_text', config: { text: 'Question {{run.today}}?', variable: 'a' } }
      : index % 3 === 0
        ? {
            id: `n${index}`,
            type: 'condition',
            config: { branches: [{ id: 'p', when: { text_contains: [{ var: 'vars.a' }, 'zz'] } }] },
          }
        : {
            id: `n${index}`,
            type: 'set_variable',
            config: { variable: `v${index}`, value: { kind: 'template', template: '{{contact.name}} {{vars.a}}' } },
          },
  )
  const flow = FlowDefinition.parse({
    schemaVersion: 1,
    nodes: [{ id: 'start', type: 'start', config: {} }, ...nodes],
    edges: [
      { from: { node: 'start', port: 'next' }, to: 'n0' },
      ...nodes
        .flatMap(({ type }, index) => ({
          from: { node: `n${index}`, port: type === 'condition' ? 'else' : 'next' },
          to: `n${index + 1}`,
        }))
        .slice(0, -1),
    ],
  })
  const walk = (): number => {
    const from = performance.now()
    let state = startState({ runId: 'run', flowVersionId: 'v1', trigger: { kind: 'api' }, nowMs: START_MS })
    const message: FlowEvent = { kind: 'message', seq: 1, content: { kind: 'text', text: 'answer' }, atMs: START_MS }
    for (const event of [{ kind: 'started' as const, hasFloor: true }, message, message, message]) {
      state = interpret({ definitions: { v1: flow }, state, event, facts: FACTS, nowMs: START_MS }).state
    }
    assert.equal(state.posture.kind, 'ended')
    assert.equal(state.posture.kind === 'ended' && state.posture.outcome, 'completed')
    return performance.now() - from
  }
  // The best of some: the machine is shared, and what is measured is the interpreter.
  const bestMs = Math.min(...Array.from({ length: 30 }, walk))
  assert.ok(bestMs < 5, `${bestMs} ms`)
})
