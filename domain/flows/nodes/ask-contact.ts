import { z } from 'zod'
import type { Json } from '../../conditions/json.ts'
import { plainAsk, plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { ASK_FIELDS } from './parts.ts'

const AskContactConfig = z.strictObject(ASK_FIELDS)

const PHONES_MAX = 5
const NAME_CHARS_MAX = 200

/** Cards come as the provider gives them; only what is plainly a name or a phone is read. */
const Card = z.looseObject({
  name: z.looseObject({ formatted_name: z.string().optional() }).optional(),
  phones: z.array(z.looseObject({ phone: z.string().optional(), wa_id: z.string().optional() })).optional(),
})

function keptCard(given: unknown): Json {
  const card = Card.safeParse(given)
  if (!card.success) return null
  const name = card.data.name?.formatted_name?.slice(0, NAME_CHARS_MAX) ?? null
  const phones = (card.data.phones ?? [])
    .map(({ phone, wa_id }) => phone ?? wa_id)
    .filter((phone) => phone !== undefined)
    .map((phone) => phone.slice(0, 40))
    .slice(0, PHONES_MAX)
  return name === null && phones.length === 0 ? null : { name, phone: phones[0] ?? null, phones }
}

/** Asks for a contact card and keeps its name and phones. */
export const askContact = defineNode({
  type: 'ask_contact',
  schema: AskContactConfig,
  meta: { category: 'question', icon: 'contact' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: plainAsk((_config, { content }) => {
    if (content.kind !== 'contacts') return { refused: 'not_contact' }
    const value = keptCard(content.contacts[0])
    return value === null ? { refused: 'not_contact' } : { value }
  }),
})
