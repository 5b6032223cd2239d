import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { OutboundContent } from '#domain/messages/schema.ts'
import { FAILURE_CLASSES } from '#infra/providers/message-sender.ts'
import { asyncFailure, classifySendResult, FAILURE_RULES, failureRule } from '#infra/providers/whatsapp/failures.ts'
import { toGraphMessage, toGraphRead } from '#infra/providers/whatsapp/outbound.ts'

const to = { waId: '254700000001' }
const body = (content: OutboundContent, mediaIds?: Record<string, string>) => {
  assert.deepEqual(OutboundContent.parse(content), content, 'the content fits the contract')
  const message = toGraphMessage({ content, to, callbackData: 'm.1', ...(mediaIds === undefined ? {} : { mediaIds }) })
  const { messaging_product, recipient_type, to: address, biz_opaque_callback_data, ...rest } = message
  assert.deepEqual(
    [messaging_product, recipient_type, address, biz_opaque_callback_data],
    ['whatsapp', 'individual', '+254700000001', 'm.1'],
  )
  return rest
}

test('a phone is written with a plus, a user without one by its user id, and the phone goes first', () => {
  const content = { kind: 'text', text: 'Hi' } as const
  const address = (recipient: object) => {
    const message = toGraphMessage({ content, to: recipient, callbackData: 'x' })
    return [message['to'], message['recipient']]
  }
  assert.deepEqual(address({ waId: '+1 (650) 555-1234' }), ['+16505551234', undefined])
  assert.deepEqual(address({ userId: 'KE.7001' }), [undefined, 'KE.7001'])
  assert.deepEqual(address({ waId: '1650', userId: 'KE.7001' }), ['+1650', undefined])
  assert.throws(() => address({}), { code: 'message_not_sendable' })
  assert.throws(() => toGraphMessage({ content, to, callbackData: 'x'.repeat(513) }), { code: 'message_not_sendable' })
})

test('a reply names the message it answers', () => {
  const content = { kind: 'text', text: 'Hi', previewUrl: true } as const
  const message = toGraphMessage({ content, to, callbackData: 'x', replyToExternalId: 'wamid.in' })
  assert.deepEqual(message['context'], { message_id: 'wamid.in' })
  assert.deepEqual(message['text'], { body: 'Hi', preview_url: true })
})

test('media go by the id we uploaded, else by the one we have, else by link, else not at all', () => {
  const fileId = '0197a2c0-0000-7000-8000-000000000001'
  const media = { fileId, providerMediaId: 'old', link: 'https://x.test/a.pdf', fileName: 'a.pdf' }
  const document = { kind: 'document', media, caption: 'See' } as const
  assert.deepEqual(body(document, { [fileId]: 'new' }), {
    type: 'document',
    document: { id: 'new', caption: 'See', filename: 'a.pdf' },
  })
  assert.deepEqual(body({ kind: 'image', media }), { type: 'image', image: { id: 'old' } })
  assert.deepEqual(body({ kind: 'video', media: { link: media.link } }), { type: 'video', video: { link: media.link } })
  const voice = { kind: 'audio', media: { providerMediaId: 'v', voice: true }, caption: 'never' } as const
  assert.deepEqual(body(voice), { type: 'audio', audio: { id: 'v', voice: true } })
  assert.deepEqual(body({ kind: 'sticker', media: { providerMediaId: 's' } }), {
    type: 'sticker',
    sticker: { id: 's' },
  })
  assert.throws(() => body({ kind: 'image', media: { fileId } }), { code: 'message_not_sendable' })
})

test('buttons, lists, links and requests become interactive messages', () => {
  const footer = 'Reply any time'
  const header = { kind: 'text', text: 'Hello' } as const
  assert.deepEqual(body({ kind: 'buttons', text: 'Which?', header, footer, buttons: [{ id: 'a', title: 'A' }] }), {
    type: 'interactive',
    interactive: {
      type: 'button',
      header: { type: 'text', text: 'Hello' },
      body: { text: 'Which?' },
      footer: { text: footer },
      action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] },
    },
  })
  const rows = [{ id: 'r1', title: 'Row', description: '' }]
  assert.deepEqual(
    body({ kind: 'list', text: 'Pick', button: 'Open', sections: [{ title: 'S', rows }] })['interactive'],
    {
      type: 'list',
      body: { text: 'Pick' },
      action: { button: 'Open', sections: [{ title: 'S', rows: [{ id: 'r1', title: 'Row' }] }] },
    },
  )
  const image = { kind: 'image', media: { providerMediaId: 'i' } } as const
  const link = { kind: 'link_button', text: 'Look', header: image, label: 'Go', url: 'https://x.test' } as const
  assert.deepEqual(body(link)['interactive'], {
    type: 'cta_url',
    header: { type: 'image', image: { id: 'i' } },
    body: { text: 'Look' },
    action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://x.test' } },
  })
  assert.deepEqual(body({ kind: 'location_request', text: 'Where?' })['interactive'], {
    type: 'location_request_message',
    body: { text: 'Where?' },
    action: { name: 'send_location' },
  })
})

test('the rest is written as WhatsApp wants it', () => {
  assert.deepEqual(body({ kind: 'location', latitude: 1, longitude: 2, name: 'Shop' }), {
    type: 'location',
    location: { latitude: 1, longitude: 2, name: 'Shop' },
  })
  assert.deepEqual(body({ kind: 'reaction', messageExternalId: 'w', emoji: null })['reaction'], {
    message_id: 'w',
    emoji: '',
  })
  const contacts = [{ name: { formatted_name: 'Ann', first_name: 'Ann' }, phones: [{ phone: '+1650', type: 'HOME' }] }]
  assert.deepEqual(body({ kind: 'contacts', contacts })['contacts'], contacts)
  const components = [{ type: 'body', parameters: [{ type: 'text', text: 'Ann' }] }]
  const template = { kind: 'template', name: 'welcome', language: 'en_US', text: 'Welcome Ann' } as const
  assert.deepEqual(body({ ...template, components })['template'], {
    name: 'welcome',
    language: { code: 'en_US' },
    components,
  })
  assert.deepEqual(body({ ...template, components: [] })['template'], { name: 'welcome', language: { code: 'en_US' } })
  assert.deepEqual(toGraphRead('wamid.in'), { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.in' })
})

/** Codes of Meta's tables; a code that is taken out of the rules by accident would silently become final. */
const CODES =
  '0 1 2 3 4 10 33 100 190 368 613 80007 130429 130472 130497 131000 131005 131008 131009 131014 131016 131021 131026 ' +
  '131030 131031 131037 131042 131045 131047 131048 131049 131050 131051 131052 131053 131055 131056 131057 131062 ' +
  '131063 131064 132000 132001 132005 132007 132008 132012 132015 132016 132068 132069 133000 133004 133005 133006 ' +
  '133008 133009 133010 133015 133016 134011 134100 134101 134102 135000 136024 136025 137000 2593107 2593108'

test('every code of the table has a rule, and one that nobody lists is final for its message alone', () => {
  for (const code of CODES.split(' ').map(Number)) {
    const rule = FAILURE_RULES[code]
    assert.ok(rule !== undefined, String(code))
    assert.ok(FAILURE_CLASSES.includes(rule.class))
  }
  assert.deepEqual([failureRule(777).class, failureRule(777).scope], ['no', 'message'])
  assert.equal(failureRule(299).errorCode, 'provider_credentials_invalid')
})

test('a pair that is throttled holds up that contact alone', () => {
  const pairs = Object.values(FAILURE_RULES).filter((rule) => rule.class === 'pair')
  assert.deepEqual(
    pairs.map(({ scope }) => scope),
    ['contact'],
  )
})

test('a failed status is judged by its code', () => {
  const closed = asyncFailure([{ code: 131047, title: 'Re-engagement message', details: 'More than 24 hours.' }])
  assert.deepEqual(closed, {
    class: 'no',
    scope: 'contact',
    errorCode: 'service_window_closed',
    providerCode: 131047,
    title: 'Re-engagement message',
    details: 'More than 24 hours.',
  })
  assert.equal(asyncFailure([{ code: 131049 }]).retryAfterMs, 86_400_000)
  assert.equal(asyncFailure([{ code: 131053 }]).attemptsMax, 2)
  assert.equal(asyncFailure([]).class, 'no')
})

const CORPUS = join(import.meta.dirname, '../../../shared/fixtures')
const present = existsSync(join(CORPUS, 'manifest.json'))
type Exchange = { request: { method: string; path: string }; response: { status: number; body: unknown } }

test('recorded answers of the real API are told apart', {
  skip: present ? false : 'absent: ../shared/fixtures',
}, () => {
  const { items } = JSON.parse(readFileSync(join(CORPUS, 'manifest.json'), 'utf8')) as {
    items: { file: string; set: string }[]
  }
  let sendCount = 0
  for (const { file } of items.filter(({ set }) => set === 'http_exchange')) {
    const { request, response } = JSON.parse(readFileSync(join(CORPUS, file), 'utf8')) as Exchange
    const answer = { kind: 'answer', httpStatus: response.status, body: JSON.stringify(response.body) } as const
    if (response.status >= 400) assert.equal(classifySendResult(answer).kind, 'rejected', file)
    else if (request.method === 'POST' && request.path.endsWith('/messages')) {
      sendCount += 1
      assert.equal(classifySendResult(answer).kind, 'accepted', file)
    }
  }
  assert.ok(sendCount > 5)
})
