import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NODE_TYPE_NAMES, NODE_TYPES, nodeTypeOf } from './nodes/index.ts'
import { SAMPLES } from './samples/index.ts'
import { FlowDefinition } from './schema.ts'
import { pinSubflows, subflowIds, subflowVersionIds } from './subflows.ts'
import { type ValidationContext, validateFlow } from './validate.ts'

type Node = [id: string, type: string, config: unknown]
const OTHER = '018f6f3e-1111-7000-8000-000000000001'
const SELF = '018f6f3e-1111-7000-8000-000000000002'

function draft(nodes: Node[], edges: string[], rest: object = {}) {
  return {
    schemaVersion: 1,
    triggers: [{ kind: 'any_message' }],
    nodes: [['start', 'start', {}] as Node, ...nodes].map(([id, type, config]) => ({ id, type, config })),
    edges: edges.map((edge) => {
      const [from = '', to = ''] = edge.split('>')
      const [node = '', port = 'next'] = from.split('.')
      return { from: { node, port }, to }
    }),
    ...rest,
  }
}
const codes = (given: unknown, context?: ValidationContext): string[] =>
  validateFlow(given, context).problems.map(({ severity, code, nodeId = '', port = '' }) =>
    [severity === 'error' ? 'E' : 'W', code, nodeId, port].filter(Boolean).join(' '),
  )
const END: Node = ['end', 'end', {}]

test('[FLOW-04] the samples are without a single problem, in every language', () => {
  for (const { definition } of SAMPLES) for (const flow of Object.values(definition)) assert.deepEqual(codes(flow), [])
})

test('[FLOW-04] what is missing, doubled or leads nowhere is marked at its node and port', () => {
  assert.deepEqual(codes({ schemaVersion: 1, nodes: [], edges: [] }), ['E start_missing', 'W trigger_missing'])
  const broken = draft(
    [
      ['a', 'send_text', { text: 'A' }],
      ['a', 'send_text', { text: 'B' }],
      ['s2', 'start', {}],
      ['lost', 'send_text', { text: 'C' }],
      ['j', 'jump', { nodeId: 'gone' }],
    ],
    ['start>a', 'start>a', 'a.nope>a', 'ghost>a', 'a>ghost', 'lost>j'],
  )
  assert.deepEqual(codes(broken), [
    'E duplicate_node a',
    'E start_twice s2',
    'E port_twice start next',
    'E edge_from_unknown_port a nope',
    'E edge_from_nowhere',
    'E edge_to_nowhere a next',
    'E jump_to_nowhere j',
    'W port_open s2 next',
    'W unreachable lost',
    'W unreachable j',
  ])
})

test('[FLOW-04] limits of WhatsApp: three buttons, twenty characters, titles that differ, texts that are there', () => {
  const buttons = [
    { id: 'a', title: 'Yes' },
    { id: 'b', title: 'yés' },
    { id: 'c', title: 'This title is far too long' },
    { id: 'a', title: '' },
  ]
  const found = codes(draft([['b', 'send_buttons', { text: '', buttons }]], ['start>b'])).filter((code) =>
    code.startsWith('E'),
  )
  assert.deepEqual(found, [
    'E text_required b',
    'E too_many_options b',
    'E duplicate_title b b',
    'E text_too_long b',
    'E text_required b',
    'E duplicate_port b a',
  ])
  const long = codes(
    draft([['t', 'send_text', { text: `${'x'.repeat(4_000)}{{contact.name}}` }], END], ['start>t', 't>end']),
  )
  assert.deepEqual(long, ['W text_may_be_cut t'])
})

test('[F40] circles: without a wait an error, with a branch a warning, with a question or a real delay none', () => {
  const tag: Node = ['tag', 'add_tag', { tag: 'x' }]
  const circle = (node: Node, port: string) =>
    codes(draft([tag, node], ['start>tag', `tag>${node[0]}`, `${node[0]}.${port}>tag`]))
  const cycles = (found: string[]) => found.filter((code) => code.includes('cycle')).sort()
  assert.deepEqual(cycles(circle(['t', 'send_text', { text: 'x' }], 'next')), [
    'E cycle_without_wait t',
    'E cycle_without_wait tag',
  ])
  const span = (value: number, unit: string) => ({ until: { kind: 'span', span: { value, unit } } })
  assert.deepEqual(cycles(circle(['d', 'delay', span(1, 'seconds')], 'next')), [
    'E cycle_without_wait d',
    'E cycle_without_wait tag',
  ])
  assert.deepEqual(cycles(circle(['d', 'delay', span(1, 'days')], 'next')), [])
  assert.deepEqual(cycles(circle(['q', 'ask_text', { text: 'x' }], 'next')), [])
  const when = { '<': [{ var: ['vars.n', 0] }, 3] }
  assert.deepEqual(cycles(circle(['c', 'condition', { branches: [{ id: 'p', when }] }], 'p')), [
    'W cycle_without_wait c',
    'W cycle_without_wait tag',
  ])
  assert.deepEqual(cycles(codes(draft([['j', 'jump', { nodeId: 'j' }]], ['start>j']))), ['E cycle_without_wait j'])
})

test('what may leave after 24 hours of silence is marked, a template is not', () => {
  const days = (value: number) => ({ until: { kind: 'span', span: { value, unit: 'hours' } } })
  const late = draft(
    [
      ['d1', 'delay', days(20)],
      ['a', 'send_text', { text: 'A' }],
      ['d2', 'delay', days(4)],
      ['b', 'send_text', { text: 'B' }],
      ['q', 'ask_text', { text: 'Q', timeout: { value: 2, unit: 'days' } }],
      ['c', 'send_text', { text: 'C' }],
      ['t', 'send_text', { text: 'T' }],
      ['ok', 'send_template', { name: 'x', language: 'en' }],
      END,
    ],
    ['start>d1', 'd1>a', 'a>d2', 'd2>b', 'b>ok', 'ok>q', 'q>c', 'q.timeout>t', 'c>end', 't>end'],
  )
  assert.deepEqual(codes(late), ['W outside_window b', 'W outside_window q', 'W outside_window t'])
  const byTime = { triggers: [{ kind: 'time', timeZone: 'UTC', times: ['09:00'] }] }
  assert.deepEqual(codes(draft([['a', 'send_text', { text: 'A' }], END], ['start>a', 'a>end'], byTime)), [
    'W outside_window a',
  ])
})

test('variables that no step sets, paths that name nothing and slots that are misspelt', () => {
  const flow = draft(
    [
      [
        'q',
        'ask_text',
        { text: '{{vars.name}} {{name}} {{vars.typo}} {{contact.fields.city}} {{con tact}}', variable: 'name' },
      ],
      END,
    ],
    ['start>q', 'q>end'],
  )
  assert.deepEqual(codes(flow, { customFields: ['birthday'] }), [
    'W path_unknown q',
    'W variable_unknown q',
    'W field_unknown q',
    'W slot_not_understood q',
  ])
})

test('other flows: unknown, not published, leading back to this one', () => {
  const calls = (id: string) => draft([['s', 'subflow', { flowId: id }], END], ['start>s', 's.completed>end'])
  const other = FlowDefinition.parse(calls(SELF))
  assert.deepEqual(codes(calls(OTHER), { flowId: SELF, flows: {} }), ['E subflow_unknown s'])
  assert.deepEqual(codes(calls(SELF), { flowId: SELF, flows: {} }), ['E subflow_recursive s'])
  assert.deepEqual(codes(calls(OTHER), { flowId: SELF, flows: { [OTHER]: other } }), ['E subflow_recursive s'])
  const pinned = pinSubflows(other, { [SELF]: OTHER })
  assert.deepEqual([subflowIds(pinned), subflowVersionIds(pinned)], [[SELF], [OTHER]])
})

test('[S23] conditions that cannot be trusted are refused at their node', () => {
  const flow = draft([['c', 'condition', { branches: [{ id: 'p', when: { constructor: ['x'] } }] }]], ['start>c'])
  const { ok, problems } = validateFlow(flow)
  assert.equal(ok, false)
  assert.partialDeepStrictEqual(problems, [
    { code: 'condition_unknown_operator', nodeId: 'c', path: '/branches/0/when' },
  ])
})

test('[F39] 500 nodes pass, 501 and 64 KB do not, and nothing that is sent in throws', () => {
  const nodes = (count: number) => Array.from({ length: count }, (_, index): Node => [`n${index}`, 'end', {}])
  assert.deepEqual(
    codes(draft(nodes(499), [])).filter((code) => code.startsWith('E')),
    [],
  )
  assert.deepEqual(codes(draft(nodes(500), [])), ['E shape_invalid'])
  assert.deepEqual(codes(draft([['t', 'send_text', { text: 'x'.repeat(70_000) }]], [])), ['E definition_too_large'])
  let deep: unknown = {}
  for (let level = 0; level < 100_000; level += 1) deep = [deep]
  for (const given of [
    null,
    undefined,
    7,
    'x',
    [],
    {},
    { nodes: 7 },
    { nodes: [null] },
    deep,
    draft([['c', 'condition', { branches: deep }]], []),
  ]) {
    assert.equal(validateFlow(given).ok, false)
  }
})

test('every node type: its initial config parses as a draft, it has an icon, and its ports have names of their own', () => {
  for (const type of NODE_TYPE_NAMES) {
    const node = nodeTypeOf(type)
    assert.equal(NODE_TYPES[type].type, type)
    assert.deepEqual(node.schema.parse(node.initial), node.initial, type)
    const ports = node.ports(node.initial).map(({ id }) => id)
    assert.equal(new Set(ports).size, ports.length, type)
    assert.match(node.meta.icon, /^[a-z0-9-]+$/)
  }
})
