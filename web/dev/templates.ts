import type { Template } from '../../domain/templates/schema.ts'
import { bodyOf, variablesOf } from '../../domain/templates/text.ts'
import { idOf } from './random.ts'
import { channel, iso } from './world.ts'

const template = (index: number, over: Pick<Template, 'name' | 'category' | 'components'>): Template => ({
  ...{ id: idOf(40, index), channelId: channel.id, providerId: String(index), language: 'en_US', status: 'approved' },
  ...{ rejectedReason: null, quality: 'GREEN', updatedAt: iso(Date.now()), ...over },
  body: bodyOf(over.components),
  variables: variablesOf(over.components),
})

export const TEMPLATES: Template[] = [
  template(1, {
    name: 'order_on_its_way',
    category: 'utility',
    components: [
      { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' },
      {
        type: 'BODY',
        text: 'Hi {{1}}, your order {{2}} left our roastery. The courier rings between {{3}}.',
        example: { body_text: [['Amara', '4021', '9 and 11']] },
      },
      { type: 'FOOTER', text: 'Kahawa Roasters' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: 'Follow the parcel', url: 'https://shop.example/track/{{1}}' },
          { type: 'QUICK_REPLY', text: 'I am not at home' },
        ],
      },
    ],
  }),
  template(2, {
    name: 'new_harvest',
    category: 'marketing',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'The new harvest from Nyeri is in. Shall we keep a bag for you, {{first_name}}?' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes, please' },
          { type: 'QUICK_REPLY', text: 'Stop promotions' },
        ],
      },
    ],
  }),
  template(3, {
    name: 'issue_resolved',
    category: 'utility',
    components: [{ type: 'BODY', text: 'Hello {{1}}, were we able to solve the issue that you were facing?' }],
  }),
]
