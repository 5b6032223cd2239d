import assert from 'node:assert/strict'
import { test } from 'node:test'
import { completedTemplate, faceOf, fillComponents, missingSlots, slotsOf } from './fill.ts'

const ORDER = {
  category: 'utility' as const,
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['4021'] } },
    {
      type: 'BODY',
      text: 'Hi {{1}}, order {{2}} left us. Ask {{1}}’s neighbours if you are away.',
      example: { body_text: [['Ana', '4021']] },
    },
    { type: 'FOOTER', text: 'Kahawa' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'QUICK_REPLY', text: 'Thanks' },
        { type: 'URL', text: 'Track', url: 'https://shop.example/track/{{1}}' },
        { type: 'COPY_CODE', text: 'Copy code' },
        { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+1202' },
      ],
    },
  ],
}
const VALUES = { 'header.1': '77', 'body.1': ' Ana\nMaria ', 'body.2': '77', 'button.1': '77x', 'button.2': 'SAVE5' }

test('a template says what it asks for, with the examples of its author', () => {
  assert.deepEqual(
    slotsOf(ORDER).map(({ key, kind }) => `${key} ${kind}`),
    ['header.1 text', 'body.1 text', 'body.2 text', 'button.1 link', 'button.2 code'],
  )
  assert.deepEqual(
    slotsOf(ORDER).flatMap((slot) => (slot.kind === 'text' ? [slot.example] : [])),
    ['4021', 'Ana', '4021'],
  )
  assert.deepEqual(
    missingSlots(ORDER, { ...VALUES, 'body.1': '  ' }).map(({ key }) => key),
    ['body.1'],
  )
})

test('what is sent and what is shown come from the same values; line breaks become spaces', () => {
  const components = fillComponents(ORDER, VALUES)
  assert.deepEqual(components, [
    { type: 'header', parameters: [{ type: 'text', text: '77' }] },
    {
      type: 'body',
      parameters: [
        { type: 'text', text: 'Ana Maria' },
        { type: 'text', text: '77' },
      ],
    },
    { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: '77x' }] },
    { type: 'button', sub_type: 'copy_code', index: '2', parameters: [{ type: 'coupon_code', coupon_code: 'SAVE5' }] },
  ])
  assert.deepEqual(faceOf(ORDER, components), {
    header: { kind: 'text', text: 'Order 77' },
    body: 'Hi Ana Maria, order 77 left us. Ask Ana Maria’s neighbours if you are away.',
    footer: 'Kahawa',
    buttons: [
      { kind: 'reply', text: 'Thanks' },
      { kind: 'link', text: 'Track', url: 'https://shop.example/track/77x' },
      { kind: 'code', text: 'Copy code' },
      { kind: 'call', text: 'Call' },
    ],
  })
})

test('named variables are sent by name, and a preview keeps the place of what is not said yet', () => {
  const template = { components: [{ type: 'BODY', text: 'Hi {{name}}, see you {{day}}.' }] }
  const components = fillComponents(template, { 'body.day': 'Friday' })
  assert.deepEqual(components, [
    { type: 'body', parameters: [{ type: 'text', parameter_name: 'day', text: 'Friday' }] },
  ])
  assert.equal(faceOf(template, components).body, 'Hi {{name}}, see you Friday.')
})

test('a template message is completed from the template, and refused when a value or a file is missing', () => {
  const content = {
    kind: 'template' as const,
    name: 'order',
    language: 'en',
    components: fillComponents(ORDER, VALUES),
  }
  const complete = completedTemplate(content, ORDER)
  assert.equal(complete.category, 'utility')
  assert.match(complete.text ?? '', /^Hi Ana Maria, order 77/)
  const incomplete = { ...content, components: content.components.slice(0, 1) }
  assert.throws(() => completedTemplate(incomplete, ORDER), { code: 'message_not_sendable' })

  const photo = {
    category: 'marketing' as const,
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'New' },
    ],
  }
  const bare = { kind: 'template' as const, name: 'photo', language: 'en' }
  assert.throws(() => completedTemplate(bare, photo), { code: 'message_not_sendable' })
  const components = [{ type: 'header', parameters: [{ type: 'image', image: { link: 'https://a.example/x.png' } }] }]
  assert.deepEqual(completedTemplate({ ...bare, components }, photo).face?.header, {
    kind: 'image',
    media: { link: 'https://a.example/x.png' },
  })
})
