import type { Conversation, Message } from '../../domain/conversations/schema.ts'
import { makeMessage } from './world.ts'

const MINUTE = 60_000
const CUP = '0199ffff-0000-7000-8000-000000000001'
const PAPER = '0199ffff-0000-7000-8000-000000000002'

const file = (fileId: string, mediaType: 'image' | 'document' | 'audio', fileName: string): Message['media'] => ({
  fileId,
  mediaType,
  state: 'stored',
  mimeType: mediaType === 'image' ? 'image/svg+xml' : 'application/octet-stream',
  fileName,
  sizeBytes: 184_320,
  sha256: null,
  createdAt: '2026-11-01T08:00:00.000Z',
})
const text = (words: string): Message['content'] => ({ kind: 'text', text: words })

type Said = [
  who: 'contact' | 'bot' | 'agent' | 'line',
  agoMin: number,
  content: Message['content'],
  over?: Partial<Message>,
]

const YESTERDAY: readonly Said[] = [
  ['contact', 1_500, text('Hello')],
  [
    'bot',
    1_499,
    {
      kind: 'buttons',
      text: 'Hi Amara 👋 This is *Kahawa*. What is it about?',
      header: { kind: 'text', text: 'Welcome' },
      footer: 'You can also just write',
      buttons: [
        { id: 'a', title: 'My order' },
        { id: 'b', title: 'Something broke' },
        { id: 'c', title: 'A question' },
      ],
    },
  ],
  ['contact', 1_498, { kind: 'tap', source: 'button', id: 'a', title: 'My order' }],
  [
    'bot',
    1_498,
    {
      kind: 'list',
      text: 'Which of your orders?',
      button: 'Choose',
      sections: [
        { title: 'This month', rows: [{ id: '1', title: 'Order 4021', description: '2 × Kiambu beans, 1 cup' }] },
      ],
    },
  ],
  [
    'contact',
    1_496,
    { kind: 'tap', source: 'list', id: '1', title: 'Order 4021', description: '2 × Kiambu beans, 1 cup' },
  ],
  [
    'bot',
    1_495,
    text('Order *4021* leaves today. Track it here: https://track.example/4021\n\nShall I tell you when it is there?'),
    { reactions: [{ senderType: 'contact', emoji: '❤️', at: '2026-11-01T08:00:00.000Z' }] },
  ],
  ['contact', 1_490, text('yes please')],
  ['contact', 1_490, text('🙏')],
]

const TODAY: readonly Said[] = [
  ['contact', 220, text('It came! But one cup is broken 😢 See the photo.')],
  [
    'contact',
    219,
    { kind: 'image', media: {}, caption: 'The cup, as it came out of the box' },
    { media: file(CUP, 'image', 'cup.jpg') },
  ],
  ['line', 215, { kind: 'line', code: 'lines.taken_over', params: { personId: 'self' } }],
  [
    'agent',
    214,
    text('I am so sorry, Amara. A new one is on its way, no need to send anything back.'),
    {
      replyTo: {
        id: CUP,
        externalId: 'wamid.x',
        direction: 'inbound',
        preview: 'messages.preview.image: The cup, as it came out of the box',
      },
    },
  ],
  [
    'agent',
    213,
    { kind: 'document', media: { fileName: 'Replacement 4021-R.pdf' }, caption: 'Here is the paper for it.' },
    { state: 'delivered', media: file(PAPER, 'document', 'Replacement 4021-R.pdf') },
  ],
  [
    'contact',
    200,
    { kind: 'location', latitude: -1.2921, longitude: 36.8219, name: 'Amara’s café', address: 'Ngong Road 14' },
  ],
  [
    'agent',
    180,
    text('Thank you, the courier knows the place.'),
    {
      state: 'failed',
      failure: {
        code: 'service_window_closed',
        providerCode: 131047,
        title: 'Re-engagement message',
        detail: 'More than 24 hours.',
      },
    },
  ],
  ['agent', 178, text('Would Thursday morning suit you?'), { state: 'unknown', possibleDuplicate: true }],
  ['bot', 177, text('Is there anything else?'), { state: 'superseded' }],
  [
    'contact',
    120,
    {
      kind: 'order',
      catalogId: 'c1',
      text: 'The same again please',
      items: [
        { productRetailerId: 'Kiambu beans 1 kg', quantity: 2, itemPriceMinor: 245_000, currency: 'KES' },
        { productRetailerId: 'Cup, blue', quantity: 1, itemPriceMinor: 89_000, currency: 'KES' },
      ],
    },
  ],
  [
    'contact',
    118,
    {
      kind: 'contacts',
      contacts: [{ name: { formatted_name: 'Omar Diallo' }, phones: [{ phone: '+254 712 000 111' }] }],
    },
  ],
  [
    'bot',
    110,
    {
      kind: 'template',
      name: 'order_shipped',
      language: 'en',
      text: 'Your order 4021-R arrives on Thursday between 9 and 11.',
    },
    { state: 'delivered' },
  ],
  ['contact', 60, { kind: 'unsupported', type: 'poll' }],
  ['contact', 58, text('My card number is 4242'), { externalId: 'wamid.secret' }],
  ['contact', 55, { kind: 'revoke', originalExternalId: 'wamid.secret' }, { direction: 'internal' }],
  ['contact', 52, text('Tursday works too'), { externalId: 'wamid.typo' }],
  [
    'contact',
    51,
    { kind: 'edit', originalExternalId: 'wamid.typo', text: 'Thursday works too' },
    { direction: 'internal' },
  ],
  [
    'contact',
    3,
    text('Hello? hello? hello?'),
    { held: { until: '2030-01-01T00:00:00.000Z', reason: 'message_limit' }, seq: null },
  ],
  [
    'contact',
    2,
    text(
      'By the way, do you also roast for *restaurants*? My brother opens one in `Kilimani`, they would need 20 kg a month.',
    ),
  ],
  ['contact', 1, text('Here is another photo of the cup')],
]

/** One thread with every kind of content and every state a message can be in. */
export function showcase(conversation: Conversation, nowMs: number): Message[] {
  return [...YESTERDAY, ...TODAY].map(([who, agoMin, content, over = {}], n) => {
    const atMs = nowMs - agoMin * MINUTE
    const message = makeMessage(conversation, { n, atMs, inbound: who === 'contact', bot: who === 'bot', content })
    return { ...message, ...(who === 'line' ? { direction: 'internal' as const, state: null } : {}), ...over }
  })
}
