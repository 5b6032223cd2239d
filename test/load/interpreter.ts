import { interpret } from '#domain/flows/interpreter.ts'
import { type FlowFacts, startState } from '#domain/flows/run.ts'
import { FlowDefinition } from '#domain/flows/schema.ts'
import { type Spread, spreadOf } from './figures.ts'

const NODES = 100
/** A step may enter fifty nodes; the flow asks after forty-nine, so that an event walks about as far as it may. */
const NODES_PER_STEP = 49
const NOW_MS = Date.UTC(2026, 5, 1, 9)

const node = (id: number | string, type: string, config: Record<string, unknown>) => ({ id: `n${id}`, type, config })
const link = (from: number | string, port: string, to: number | string) => ({
  from: { node: `n${from}`, port },
  to: `n${to}`,
})

/** Conditions, variables and questions in turn, as long as a large flow of a business. */
function largeFlow(): FlowDefinition {
  const nodes = [node('s', 'start', {})]
  const edges = [link('s', 'next', 1)]
  for (let n = 1; n < NODES; n += 1) {
    const next = n === NODES - 1 ? 1 : n + 1
    if (n % NODES_PER_STEP === 0 || n === NODES - 1) {
      nodes.push(node(n, 'ask_text', { text: 'Hello {{contact.name | there}}, step {{vars.step}}?', variable: 'said' }))
      edges.push(link(n, 'next', next))
    } else if (n % 2 === 0) {
      const rule = { and: [{ '>': [{ var: 'vars.step' }, n] }, { in: ['vip', { var: 'contact.tags' }] }] }
      nodes.push(node(n, 'condition', { branches: [{ id: 'yes', when: rule }] }))
      edges.push(link(n, 'yes', next), link(n, 'else', next))
    } else {
      const value = { kind: 'template', template: `{{vars.step}} and ${n} for {{contact.first_name}}` }
      nodes.push(node(n, 'set_variable', { variable: `v${n}`, value }))
      edges.push(link(n, 'next', next))
    }
  }
  return FlowDefinition.parse({
    schemaVersion: 1,
    nodes,
    edges,
    triggers: [{ kind: 'any_message' }],
    variables: [{ name: 'step', type: 'number', initial: 50 }],
  })
}

const FACTS: FlowFacts = {
  contact: { id: 'c', name: 'Ada Long', phone: '+4915500000', email: null, locale: 'en', tags: ['vip'], fields: {} },
  business: { name: 'Corner Bakery', timeZone: 'Europe/Berlin' },
  calendars: {},
}

/** Milliseconds of one event through a flow of a hundred nodes: the first time, and once the flow is known. */
export function interpreterTime(events: number): { cold: Spread; warm: Spread } {
  runFlow(largeFlow(), 50) // the code itself warms up on a flow of its own
  const cold = Array.from({ length: Math.max(5, events / 20) }, () => runFlow(largeFlow(), 1)).flat()
  const warm = runFlow(largeFlow(), events + 1).slice(1)
  return { cold: spreadOf(cold), warm: spreadOf(warm) }
}

function runFlow(definition: FlowDefinition, events: number): number[] {
  const definitions = { v: definition }
  let state = startState({
    runId: 'r',
    flowVersionId: 'v',
    trigger: { kind: 'any_message', text: 'hi' },
    nowMs: NOW_MS,
  })
  const millis: number[] = []
  for (let seq = 1; seq <= events; seq += 1) {
    const nowMs = NOW_MS + seq * 60_000
    const event =
      seq === 1
        ? ({ kind: 'started', hasFloor: true } as const)
        : ({ kind: 'message', seq, content: { kind: 'text', text: `answer ${seq}` }, atMs: nowMs } as const)
    const began = performance.now()
    const result = interpret({ definitions, state, event, facts: FACTS, nowMs })
    millis.push(performance.now() - began)
    if (result.state.posture.kind !== 'asking')
      throw new Error(`the flow stands at ${JSON.stringify(result.state.posture)}`)
    state = result.state
  }
  return millis
}
