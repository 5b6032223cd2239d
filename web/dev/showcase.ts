import type { Conversation, Message } from '../../domain/conversations/schema.ts'
import { makeMessage } from './world.ts'

const MINUTE = 60_000

/** One thread with every kind of content and every state a message can be in. */
export function showcase(conversation: Conversation, nowMs: number): Message[] {
  const messages: Message[] = []
  let n = 0
  const say = (
    who: 'contact' | 'bot' | 'agent',
    agoMin: number,
    content: Message['content'],
    over: Partial<Message> = {},
  ) => {
    const made = makeMessage(conversation, {
      n,
      atMs: nowMs - agoMin * MINUTE,
      inbound: who === 'contact',
      bot: who === 'bot',
      content,
    })
    messages.push({ ...made, ...over })
    n += 1
    return messages.at(-1)!
  }
  const line = (agoMin: number, code: string, params?: Record<string, string>) =>
    say('agent', agoMin, { kind: 'line', code, ...(params ? { params } : {}) }, { direction: 'internal', state: null })
  const file = (mediaType: 'image' | 'document' | 'audio', name: string) => ({
    fileId: `0199ffff-0000-7000-8000-00000000000${mediaType === 'image' ? 1 : mediaType === 'audio' ? 3 : 2}`,
    mediaType,
    state: 'stored' as const,
    mimeType: mediaType === 'image' ? 'image/svg+xml' : 'application/pdf',
    fileName: name,
    sizeBytes: 184_320,
    sha256: null,
    createdAt: new Date(nowMs).toISOString(),
  })

  say('contact', 1_500, { kind: 'text', text: 'Hello' })
  say('bot', 1_499, {
    kind: 'buttons',
    text: 'Hi Amara 👋 This is *Kahawa*. What is it about?',
    header: { kind: 'text', text: 'Welcome' },
    footer: 'You can also just write',
    buttons: [
      { id: 'a', title: 'My order' },
      { id: 'b', title: 'Something broke' },
      { id: 'c', title: 'A question' },
    ],
  })
  say('contact', 1_498, { kind: 'tap', source: 'button', id: 'a', title: 'My order' })
  say('bot', 1_498, {
    kind: 'list',
    text: 'Which of your orders?',
    button: 'Choose',
    sections: [
      {
        title: 'This month',
        rows: [
          { id: '1', title: 'Order 4021', description: '2 × Kiambu beans, 1 cup' },
          { id: '2', title: 'Order 3987', description: 'Capsules' },
        ],
      },
    ],
  })
  say('contact', 1_496, {
    kind: 'tap',
    source: 'list',
    id: '1',
    title: 'Order 4021',
    description: '2 × Kiambu beans, 1 cup',
  })
  say(
    'bot',
    1_495,
    {
      kind: 'text',
      text: 'Order *4021* leaves today. Track it here: https://track.example/4021\n\nShall I tell you when it has been delivered?',
    },
    { state: 'read', reactions: [{ senderType: 'contact', emoji: '❤️', at: new Date().toISOString() }] },
  )
  say('contact', 1_490, { kind: 'text', text: 'yes please' })
  say('contact', 1_490, { kind: 'text', text: '🙏' })
  say('contact', 220, { kind: 'text', text: 'It came! But one cup is broken 😢 See the photo.' })
  const photo = say(
    'contact',
    219,
    { kind: 'image', media: {}, caption: 'The cup, as it came out of the box' },
    { media: file('image', 'cup.jpg') },
  )
  line(215, 'lines.taken_over', { personId: conversation.owner.kind === 'user' ? conversation.owner.id : '' })
  say(
    'agent',
    214,
    { kind: 'text', text: 'I am so sorry, Amara. A new one is on its way, no need to send anything back.' },
    {
      state: 'read',
      replyTo: {
        id: photo.id,
        externalId: 'wamid.x',
        direction: 'inbound',
        preview: 'Photo: The cup, as it came out of the box',
      },
    },
  )
  say(
    'agent',
    213,
    { kind: 'document', media: { fileName: 'Replacement 4021-R.pdf' }, caption: 'Here is the paper for it.' },
    { state: 'delivered', media: file('document', 'Replacement 4021-R.pdf') },
  )
  say('contact', 200, {
    kind: 'location',
    latitude: -1.2921,
    longitude: 36.8219,
    name: 'Amara’s café',
    address: 'Ngong Road 14, Nairobi',
  })
  say('contact', 199, { kind: 'audio', media: { voice: true } }, { media: file('audio', 'voice.ogg') })
  say(
    'agent',
    180,
    { kind: 'text', text: 'Thank you, the courier knows the place.' },
    {
      state: 'failed',
      failure: {
        code: 'service_window_closed',
        providerCode: 131047,
        title: 'Re-engagement message',
        detail: 'Message failed to send because more than 24 hours have passed.',
      },
    },
  )
  say(
    'agent',
    178,
    { kind: 'text', text: 'Would Thursday morning suit you?' },
    { state: 'unknown', possibleDuplicate: true },
  )
  say('bot', 177, { kind: 'text', text: 'Is there anything else?' }, { state: 'superseded' })
  say('contact', 120, {
    kind: 'order',
    catalogId: 'c1',
    items: [
      { productRetailerId: 'Kiambu beans 1 kg', quantity: 2, itemPriceMinor: 245_000, currency: 'KES' },
      { productRetailerId: 'Cup, blue', quantity: 1, itemPriceMinor: 89_000, currency: 'KES' },
    ],
    text: 'The same again please',
  })
  say('contact', 118, {
    kind: 'contacts',
    contacts: [{ name: { formatted_name: 'Omar Diallo' }, phones: [{ phone: '+254 712 000 111' }] }],
  })
  say(
    'bot',
    110,
    {
      kind: 'template',
      name: 'order_shipped',
      language: 'en',
      text: 'Your order 4021-R is on its way. It arrives on Thursday between 9 and 11.',
    },
    { state: 'delivered' },
  )
  say('contact', 60, { kind: 'unsupported', type: 'poll' })
  say('contact', 55, { kind: 'revoke', originalExternalId: 'x' })
  say(
    'contact',
    3,
    { kind: 'text', text: 'Hello? hello? hello?' },
    { held: { until: new Date(nowMs + 8 * MINUTE).toISOString(), reason: 'message_limit' }, seq: null },
  )
  say('contact', 2, {
    kind: 'text',
    text: 'By the way, do you also roast for *restaurants*? My brother opens one in `Kilimani`, they would need about 20 kg a month, and somebody who shows them how to set the machine.',
  })
  say('contact', 1, { kind: 'text', text: 'Here is another photo of the cup' })
  return messages
}
