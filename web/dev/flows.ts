import type { FlowDefinition } from '../../domain/flows/schema.ts'

/** Shapes of the flows of the fake workspace; small, long and branching. */
export const orderFlow = {
  schemaVersion: 1,
  triggers: [{ kind: 'first_message' }, { kind: 'keyword', keywords: ['order', 'pedido'], match: 'any' }],
  variables: [{ name: 'order', type: 'text' }],
  settings: { handOverWords: ['agent'] },
  nodes: [
    { id: 'start', type: 'start', config: {} },
    {
      id: 'greet',
      type: 'send_text',
      label: 'Greeting',
      config: { text: 'Hi {{contact.name | there}} 👋 This is *Kahawa*.' },
    },
    {
      id: 'ask_order',
      type: 'ask_text',
      config: { text: 'Which order is it about? You find the number in our mail.', variable: 'order', retriesMax: 2 },
    },
    {
      id: 'known',
      type: 'condition',
      label: 'Is it one of ours?',
      config: { branches: [{ id: 'yes', label: 'Found', when: { '!!': [{ var: 'vars.order' }] } }] },
    },
    {
      id: 'answer',
      type: 'send_text',
      config: {
        text: 'Order *{{vars.order}}* leaves today. You get the tracking number as soon as the courier scans it.',
      },
    },
    { id: 'people', type: 'hand_over', config: { note: 'Order not found: {{vars.order}}', priority: 'high' } },
    { id: 'bye', type: 'end', config: { outcome: 'completed' } },
    { id: 'late', type: 'send_text', label: 'Nobody answered', config: { text: 'We are here whenever you need us.' } },
    { id: 'stop', type: 'end', config: { outcome: 'stopped' } },
  ],
  edges: [
    { from: { node: 'start', port: 'next' }, to: 'greet' },
    { from: { node: 'greet', port: 'next' }, to: 'ask_order' },
    { from: { node: 'ask_order', port: 'next' }, to: 'known' },
    { from: { node: 'ask_order', port: 'timeout' }, to: 'late' },
    { from: { node: 'ask_order', port: 'invalid' }, to: 'people' },
    { from: { node: 'late', port: 'next' }, to: 'stop' },
    { from: { node: 'known', port: 'yes' }, to: 'answer' },
    { from: { node: 'known', port: 'else' }, to: 'people' },
    { from: { node: 'answer', port: 'next' }, to: 'bye' },
  ],
} as unknown as FlowDefinition

/** How many people stand at which node now, for each flow in its turn. */
export const standing: readonly Readonly<Record<string, number>>[] = [
  { ask_order: 12, known: 1, late: 4 },
  { menu: 2, more: 1 },
  {},
]
