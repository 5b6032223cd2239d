import { isObject, type Json, type JsonObject } from '../json.ts'
import { invalid, missing, optionalText, requireList, requireObject, requireText, requireUnique } from './checks.ts'
import { checkMediaPart, type MediaUse } from './media-use.ts'

const HEADER_MEDIA = new Set(['image', 'video', 'document'])

/** Checks an interactive message as the provider does; gives back the media that its header needs. */
export function checkInteractive(value: Json | undefined): MediaUse[] {
  const interactive = requireObject(value, 'interactive')
  const type = requireText(interactive['type'], { name: 'interactive.type', max: 64 })
  const check = KINDS[type]
  if (!check) throw invalid(`Interactive type '${type}' is not supported.`)
  const media = checkFrame(interactive, type)
  check(requireObject(interactive['action'], 'interactive.action'), interactive)
  return media
}

function checkFrame(interactive: JsonObject, type: string): MediaUse[] {
  const body = interactive['body']
  if (body === undefined && type !== 'product' && type !== 'catalog_message') throw missing('interactive.body')
  if (body !== undefined) {
    const max = type === 'list' ? 4096 : 1024
    requireText(requireObject(body, 'interactive.body')['text'], { name: 'interactive.body.text', max })
  }
  if (interactive['footer'] !== undefined) {
    const footer = requireObject(interactive['footer'], 'interactive.footer')
    optionalText(footer['text'], { name: 'interactive.footer.text', max: 60 })
  }
  if (interactive['header'] === undefined) return []
  const header = requireObject(interactive['header'], 'interactive.header')
  const kind = requireText(header['type'], { name: 'interactive.header.type', max: 20 })
  if (type === 'product') throw invalid('Header is not allowed for this interactive type.')
  if (kind === 'text') {
    requireText(header['text'], { name: 'interactive.header.text', max: 60 })
    return []
  }
  if (type === 'list' || type === 'product_list')
    throw invalid('Only a text header is allowed for this interactive type.')
  if (!HEADER_MEDIA.has(kind)) throw invalid(`Header type '${kind}' is not supported.`)
  return [checkMediaPart(header[kind], `interactive.header.${kind}`, kind)]
}

function checkButtons(action: JsonObject): void {
  const buttons = requireList(action['buttons'], { name: 'interactive.action.buttons', min: 1, max: 3 })
  const replies = buttons.map((button) => {
    const holder = requireObject(button, 'button')
    if (holder['type'] !== 'reply') throw invalid("Button type must be 'reply'.")
    const reply = requireObject(holder['reply'], 'button.reply')
    return {
      id: requireText(reply['id'], { name: 'Button id', max: 256 }),
      title: requireText(reply['title'], { name: 'Button title', max: 20 }),
    }
  })
  requireUnique(
    replies.map((reply) => reply.id),
    'button ids',
  )
  requireUnique(
    replies.map((reply) => reply.title),
    'button titles',
  )
}

function checkList(action: JsonObject): void {
  requireText(action['button'], { name: 'interactive.action.button', max: 20 })
  const sections = requireList(action['sections'], { name: 'interactive.action.sections', min: 1, max: 10 })
  const ids: string[] = []
  for (const value of sections) {
    const section = requireObject(value, 'section')
    if (sections.length > 1) requireText(section['title'], { name: 'Section title', max: 24 })
    else optionalText(section['title'], { name: 'Section title', max: 24 })
    for (const entry of requireList(section['rows'], { name: 'section.rows', min: 1, max: 10 })) {
      const row = requireObject(entry, 'row')
      ids.push(requireText(row['id'], { name: 'Row id', max: 200 }))
      requireText(row['title'], { name: 'Row title', max: 24 })
      optionalText(row['description'], { name: 'Row description', max: 72 })
    }
  }
  if (ids.length > 10) throw invalid('Total row count exceed max allowed count: 10')
  requireUnique(ids, 'row ids')
}

function checkCta(action: JsonObject): void {
  const parameters = namedParameters(action, 'cta_url')
  requireText(parameters['display_text'], { name: 'display_text', max: 20 })
  const url = requireText(parameters['url'], { name: 'url', max: 2000 })
  if (!/^https?:\/\/\S+$/i.test(url)) throw invalid('url is not a valid URL.')
}

function checkFlow(action: JsonObject): void {
  const parameters = namedParameters(action, 'flow')
  if (parameters['flow_message_version'] === undefined) throw missing('flow_message_version')
  if (parameters['flow_id'] === undefined && parameters['flow_name'] === undefined) throw missing('flow_id')
  requireText(parameters['flow_cta'], { name: 'flow_cta', max: parameters['mode'] === 'draft' ? 30 : 20 })
  const kind = parameters['flow_action'] ?? 'navigate'
  if (kind !== 'navigate' && kind !== 'data_exchange') throw invalid('flow_action is not valid.')
}

function checkProductList(action: JsonObject, interactive: JsonObject): void {
  if (interactive['header'] === undefined) throw missing('interactive.header')
  requireText(action['catalog_id'], { name: 'catalog_id', max: 64 })
  const sections = requireList(action['sections'], { name: 'sections', min: 1, max: 10 })
  let count = 0
  for (const value of sections) {
    const section = requireObject(value, 'section')
    if (sections.length > 1) requireText(section['title'], { name: 'Section title', max: 24 })
    for (const item of requireList(section['product_items'], { name: 'product_items', min: 1, max: 30 })) {
      requireText(requireObject(item, 'product_item')['product_retailer_id'], { name: 'product_retailer_id', max: 100 })
      count += 1
    }
  }
  if (count > 30) throw invalid('Total product count exceeds max allowed count: 30')
}

function checkCarousel(action: JsonObject): void {
  const cards = requireList(action['cards'], { name: 'cards', min: 2, max: 10 })
  for (const value of cards) {
    const card = requireObject(value, 'card')
    if (!isObject(card['body'])) continue
    requireText(card['body']['text'], { name: 'Card body', max: 160 })
  }
}

function namedParameters(action: JsonObject, name: string): JsonObject {
  if (action['name'] !== name) throw invalid(`interactive.action.name must be '${name}'.`)
  return requireObject(action['parameters'], 'interactive.action.parameters')
}

const named =
  (...names: string[]) =>
  (action: JsonObject): void => {
    if (!names.includes(String(action['name'])))
      throw invalid(`interactive.action.name must be '${names.join("' or '")}'.`)
  }

const KINDS: Readonly<Record<string, (action: JsonObject, interactive: JsonObject) => void>> = {
  button: checkButtons,
  list: checkList,
  cta_url: checkCta,
  flow: checkFlow,
  product_list: checkProductList,
  carousel: checkCarousel,
  product(action) {
    requireText(action['catalog_id'], { name: 'catalog_id', max: 64 })
    requireText(action['product_retailer_id'], { name: 'product_retailer_id', max: 100 })
  },
  location_request_message: named('send_location'),
  catalog_message: named('catalog_message'),
  address_message: named('address_message'),
  call_permission_request: named('call_permission_request'),
  voice_call: named('voice_call'),
  request_contact_info: named('request_contact_info'),
  order_details: named('review_and_pay', 'review_order'),
  order_status: named('review_order'),
}
