import { z } from 'zod'

/**
 * Meta's JSON, read loosely: unknown keys stay, a wrong optional counts as absent, numbers pass where text is meant.
 * Only the id of a thing is demanded; everything else may be missing, because a message must not be lost for it.
 */
const text = z.union([z.string(), z.number().transform(String)])
const id = text.refine((value) => value !== '')
const soft = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined)
const softObject = <T extends z.core.$ZodLooseShape>(shape: T) => soft(z.looseObject(shape))
const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d+(\.\d+)?\s*$/)
    .transform(Number),
])

export const WireError = z.looseObject({
  code: soft(number),
  title: soft(text),
  message: soft(text),
  /** Old payloads carry the details beside the code, and sometimes `error_data` is the sentence itself. */
  details: soft(text),
  error_data: soft(z.union([z.looseObject({ details: soft(text) }), z.string()])),
})
export type WireError = z.infer<typeof WireError>
export const WireErrors = soft(z.array(WireError.catch({})))

export const WireContact = z.looseObject({
  profile: softObject({ name: soft(text), username: soft(text) }),
  username: soft(text),
  wa_id: soft(id),
  user_id: soft(id),
  parent_user_id: soft(id),
})

export const WireMedia = z.looseObject({
  id: soft(id),
  mime_type: soft(text),
  sha256: soft(text),
  caption: soft(text),
  filename: soft(text),
  voice: soft(z.boolean()),
  animated: soft(z.boolean()),
})
export type WireMedia = z.infer<typeof WireMedia>

const Tap = softObject({ id: soft(text), title: soft(text), description: soft(text) })

export const WireOrderItem = z.looseObject({
  product_retailer_id: id,
  quantity: number,
  item_price: number,
  currency: z
    .string()
    .regex(/^[A-Za-z]{3}$/)
    .transform((code) => code.toUpperCase()),
})

/** The bodies of a message under the key equal to its type; an echo and an edited message use the same. */
export const WireBodies = z.looseObject({
  type: soft(text),
  errors: WireErrors,
  text: softObject({ body: soft(text) }),
  image: soft(WireMedia),
  video: soft(WireMedia),
  audio: soft(WireMedia),
  voice: soft(WireMedia),
  document: soft(WireMedia),
  sticker: soft(WireMedia),
  location: softObject({
    latitude: soft(number),
    longitude: soft(number),
    name: soft(text),
    address: soft(text),
    url: soft(text),
  }),
  contacts: soft(z.array(z.looseObject({}))),
  reaction: softObject({ message_id: soft(id), emoji: soft(text.nullable()) }),
  button: softObject({ payload: soft(text), text: soft(text) }),
  interactive: softObject({
    type: soft(text),
    button_reply: Tap,
    list_reply: Tap,
    nfm_reply: softObject({ name: soft(text), body: soft(text), response_json: z.unknown() }),
    call_permission_reply: softObject({ response: soft(text) }),
    body: softObject({ text: soft(text) }),
  }),
  order: softObject({ catalog_id: soft(id), text: soft(text), product_items: soft(z.array(z.unknown())) }),
  system: softObject({
    body: soft(text),
    type: soft(text),
    wa_id: soft(id),
    new_wa_id: soft(id),
    user_id: soft(id),
    previous_user_id: soft(id),
    parent_user_id: soft(id),
    previous_parent_user_id: soft(id),
  }),
  unsupported: softObject({ type: soft(text) }),
  edit: softObject({ original_message_id: soft(id), message: z.unknown() }),
  revoke: softObject({ original_message_id: soft(id) }),
})
export type WireBodies = z.infer<typeof WireBodies>

export const WireReferral = z.looseObject({
  source_url: soft(text),
  source_id: soft(text),
  source_type: soft(text),
  headline: soft(text),
  body: soft(text),
  media_type: soft(text),
  ctwa_clid: soft(text),
})

export const WireMessage = WireBodies.extend({
  id,
  from: soft(id),
  from_user_id: soft(id),
  from_parent_user_id: soft(id),
  to: soft(id),
  to_user_id: soft(id),
  to_parent_user_id: soft(id),
  timestamp: soft(number),
  group_id: soft(id),
  context: softObject({
    id: soft(id),
    from: soft(text),
    forwarded: soft(z.boolean()),
    frequently_forwarded: soft(z.boolean()),
    referred_product: softObject({ catalog_id: soft(text), product_retailer_id: soft(text) }),
  }),
  referral: soft(WireReferral),
})
export type WireMessage = z.infer<typeof WireMessage>

export const WireStatus = z.looseObject({
  id,
  status: soft(text),
  timestamp: soft(number),
  recipient_id: soft(id),
  recipient_user_id: soft(id),
  recipient_parent_user_id: soft(id),
  parent_recipient_user_id: soft(id),
  parent_user_id: soft(id),
  recipient_type: soft(text),
  recipient_participant_id: soft(id),
  biz_opaque_callback_data: soft(text),
  conversation: softObject({
    id: soft(id),
    expiration_timestamp: soft(number),
    origin: softObject({ type: soft(text) }),
  }),
  pricing: softObject({
    billable: soft(z.boolean()),
    pricing_model: soft(text),
    type: soft(text),
    category: soft(text),
  }),
  errors: WireErrors,
})

export const WirePreference = z.looseObject({
  wa_id: soft(id),
  user_id: soft(id),
  parent_user_id: soft(id),
  category: soft(text),
  value: soft(text),
  detail: soft(text),
  timestamp: soft(number),
})

export const WireCall = z.looseObject({
  id,
  from: soft(id),
  to: soft(id),
  from_user_id: soft(id),
  event: soft(text),
  status: soft(text),
  direction: soft(text),
  timestamp: soft(number),
  recipient_id: soft(id),
  recipient_user_id: soft(id),
  biz_opaque_callback_data: soft(text),
  duration: soft(number),
})

export const WireTemplateEvent = z.looseObject({
  event: soft(text),
  message_template_id: soft(id),
  message_template_name: soft(text),
  message_template_language: soft(text),
  message_template_category: soft(text),
  reason: soft(text),
  previous_category: soft(text),
  new_category: soft(text),
  correct_category: soft(text),
  previous_quality_score: soft(text),
  new_quality_score: soft(text),
  other_info: softObject({ title: soft(text), description: soft(text) }),
  rejection_info: softObject({ reason: soft(text), recommendation: soft(text) }),
})

/** The answer to a send. `message_status` comes with templates only. */
export const WireSendAnswer = z.looseObject({
  messages: z.array(z.looseObject({ id, message_status: soft(text) })).min(1),
  contacts: soft(z.array(z.looseObject({ input: soft(text), wa_id: soft(id), user_id: soft(id) }))),
})

export const WireErrorAnswer = z.looseObject({
  error: z.looseObject({
    code: number,
    message: soft(text),
    type: soft(text),
    error_subcode: soft(number),
    is_transient: soft(z.boolean()),
    error_user_title: soft(text),
    error_user_msg: soft(text),
    error_data: soft(z.union([z.looseObject({ details: soft(text) }), z.string()])),
    fbtrace_id: soft(text),
  }),
})
export type WireErrorAnswer = z.infer<typeof WireErrorAnswer>
