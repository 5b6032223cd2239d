import { DomainError } from '../errors.ts'
import type { MessageHeader, OutboundContent, TemplateFace } from '../messages/schema.ts'
import type { TemplateCategory } from './schema.ts'
import { variablesIn } from './text.ts'

type Component = { readonly type: string; readonly [key: string]: unknown }
type TemplateContent = Extract<OutboundContent, { kind: 'template' }>
/** What has to be sent along with a template; `components` as the provider defines it. */
export type Fillable = { readonly components: readonly Component[] }

/** One thing that whoever sends a template has to say. `key` names it among all of the template. */
export type TemplateSlot =
  | { kind: 'text'; key: string; part: 'header' | 'body'; variable: string; example: string | undefined }
  | { kind: 'media'; key: 'header'; media: 'image' | 'video' | 'document' }
  | { kind: 'link'; key: string; index: number; button: string; url: string }
  | { kind: 'code'; key: string; index: number; button: string }
  /** Something that cannot be said here, such as a place or a form. */
  | { kind: 'other'; key: string }

export type TemplateValues = Readonly<Record<string, string>>

const VALUE_CHARS_MAX = 1_024
const MEDIA: ReadonlySet<string> = new Set(['image', 'video', 'document'])
const PLACE = /\{\{\s*[\w.]+\s*\}\}/

const word = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '')
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const named = (components: readonly Component[], type: string): Component | undefined =>
  components.find((component) => word(component.type) === type)
const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : []

/** What a template asks for, in the order in which it is read. */
export function slotsOf({ components }: Fillable): TemplateSlot[] {
  return [
    ...headerSlots(named(components, 'header')),
    ...textSlots(named(components, 'body'), 'body'),
    ...buttonSlots(components),
  ]
}

function headerSlots(header: Component | undefined): TemplateSlot[] {
  if (header === undefined) return []
  const format = word(header['format']) || 'text'
  if (format === 'text') return textSlots(header, 'header')
  if (MEDIA.has(format)) return [{ kind: 'media', key: 'header', media: format as 'image' }]
  return [{ kind: 'other', key: 'header' }]
}

function textSlots(component: Component | undefined, part: 'header' | 'body'): TemplateSlot[] {
  const examples = examplesOf(component?.['example'], part)
  return variablesIn(text(component?.['text'])).map((variable, index) => ({
    ...{ kind: 'text', key: `${part}.${variable}`, part, variable },
    example: examples.get(/^\d+$/.test(variable) ? String(index) : variable),
  }))
}

/** What the author gave as examples, by name or by place. */
function examplesOf(example: unknown, part: string): Map<string, string> {
  if (typeof example !== 'object' || example === null) return new Map()
  const given = example as Record<string, unknown>
  const named = listOf(given[`${part}_text_named_params`]).map((item): [string, string] => [
    text(item['param_name']),
    text(item['example']),
  ])
  const rows = given[`${part}_text`]
  const row: unknown[] = Array.isArray(rows) ? (Array.isArray(rows[0]) ? rows[0] : rows) : []
  return new Map([...named, ...row.map((value, index): [string, string] => [String(index), text(value)])])
}

function buttonSlots(components: readonly Component[]): TemplateSlot[] {
  return listOf(named(components, 'buttons')?.['buttons']).flatMap((button, index): TemplateSlot[] => {
    const type = word(button['type'])
    const place = { key: `button.${index}`, index, button: text(button['text']) }
    if (type === 'url' && PLACE.test(text(button['url']))) return [{ kind: 'link', ...place, url: text(button['url']) }]
    if (type === 'copy_code') return [{ kind: 'code', ...place }]
    return type === 'otp' ? [{ kind: 'other', key: place.key }] : []
  })
}

/** WhatsApp refuses line breaks and runs of spaces inside the value of a variable. */
const clean = (value: string): string => value.replace(/\s+/gu, ' ').trim().slice(0, VALUE_CHARS_MAX)

/** The parameters that go to the provider. A slot without a value is left out; ask `missingSlots` before. */
export function fillComponents(template: Fillable, values: TemplateValues): NonNullable<TemplateContent['components']> {
  const slots = slotsOf(template)
  const valueFor = ({ key }: TemplateSlot) => clean(values[key] ?? '')
  const parts = (['header', 'body'] as const).flatMap((part) => {
    const parameters = slots.flatMap((slot) => {
      if (slot.kind !== 'text' || slot.part !== part || valueFor(slot) === '') return []
      const name = /^\d+$/.test(slot.variable) ? {} : { parameter_name: slot.variable }
      return [{ type: 'text', ...name, text: valueFor(slot) }]
    })
    return parameters.length === 0 ? [] : [{ type: part, parameters }]
  })
  const buttons = slots.flatMap((slot) => {
    if ((slot.kind !== 'link' && slot.kind !== 'code') || valueFor(slot) === '') return []
    const parameter =
      slot.kind === 'link'
        ? { type: 'text', text: valueFor(slot) }
        : { type: 'coupon_code', coupon_code: valueFor(slot) }
    const subType = slot.kind === 'link' ? 'url' : 'copy_code'
    return [{ type: 'button', sub_type: subType, index: String(slot.index), parameters: [parameter] }]
  })
  return [...parts, ...buttons]
}

/** The template as the contact will read it. What has no value yet keeps its place, such as `{{1}}`. */
export function faceOf(
  { components }: Fillable,
  sent: readonly Component[],
  headerMedia?: MessageHeader | undefined,
): TemplateFace {
  const header = named(components, 'header')
  const headerText = fillText(header, sent, 'header')
  const footer = text(named(components, 'footer')?.['text'])
  return {
    ...(headerText === ''
      ? headerMedia === undefined
        ? {}
        : { header: headerMedia }
      : { header: { kind: 'text', text: headerText.slice(0, 60) } }),
    body: fillText(named(components, 'body'), sent, 'body').slice(0, 4_096),
    ...(footer === '' ? {} : { footer: footer.slice(0, 60) }),
    buttons: facesOfButtons(components, sent),
  }
}

function fillText(component: Component | undefined, sent: readonly Component[], part: 'header' | 'body'): string {
  const template = text(component?.['text'])
  const parameters = listOf(named(sent, part)?.['parameters'])
  const variables = variablesIn(template)
  return template.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (whole, variable: string) => {
    const parameter =
      parameters.find((one) => one['parameter_name'] === variable) ?? parameters[variables.indexOf(variable)]
    return parameter?.['parameter_name'] === undefined || parameter['parameter_name'] === variable
      ? text(parameter?.['text']) || whole
      : whole
  })
}

const BUTTON_KINDS: Readonly<Record<string, TemplateFace['buttons'][number]['kind']>> = {
  quick_reply: 'reply',
  url: 'link',
  phone_number: 'call',
  copy_code: 'code',
}

function facesOfButtons(components: readonly Component[], sent: readonly Component[]): TemplateFace['buttons'] {
  return listOf(named(components, 'buttons')?.['buttons'])
    .slice(0, 10)
    .map((button, index) => {
      const given = sent.find((part) => word(part.type) === 'button' && Number(part['index']) === index)
      const value = text(listOf(given?.['parameters'])[0]?.['text'])
      const url = text(button['url']).replace(PLACE, value)
      const kind = BUTTON_KINDS[word(button['type'])] ?? 'other'
      return { kind, text: text(button['text']).slice(0, 60), ...(kind === 'link' && url !== '' ? { url } : {}) }
    })
}

/** What is still to be said before the template can be sent. `media` tells whether a file is chosen for its header. */
export function missingSlots(template: Fillable, values: TemplateValues, media = false): TemplateSlot[] {
  return slotsOf(template).filter((slot) => {
    if (slot.kind === 'other') return true
    return slot.kind === 'media' ? !media : clean(values[slot.key] ?? '') === ''
  })
}

/**
 * A template message with its category and with what the contact will read, taken from the template itself.
 *
 * @throws DomainError `message_not_sendable` when a variable has no value or a header no file.
 */
export function completedTemplate(
  content: TemplateContent,
  template: Fillable & { category: TemplateCategory },
): TemplateContent {
  const sent = content.components ?? []
  const media = content.face?.header ?? mediaOf(named(sent, 'header'))
  const face = faceOf(template, sent, media?.kind === 'text' ? undefined : media)
  const open = slotsOf(template).find((slot) => isOpen(slot, { face, sent }))
  if (open !== undefined) throw new DomainError('message_not_sendable', `The template needs ${open.key}.`)
  return { ...content, category: template.category, text: face.body, face }
}

function isOpen(slot: TemplateSlot, { face, sent }: { face: TemplateFace; sent: readonly Component[] }): boolean {
  if (slot.kind === 'text') {
    const shown = slot.part === 'body' ? face.body : face.header?.kind === 'text' ? face.header.text : ''
    return variablesIn(shown).includes(slot.variable)
  }
  if (slot.kind === 'media') return face.header === undefined
  if (slot.kind === 'other') return false
  return !sent.some((part) => word(part.type) === 'button' && Number(part['index']) === slot.index)
}

/** A header whose file is named by the provider's id or by an address, as those who use the API may send it. */
function mediaOf(component: Component | undefined): MessageHeader | undefined {
  const [parameter] = listOf(component?.['parameters'])
  const kind = word(parameter?.['type'])
  if (!MEDIA.has(kind)) return undefined
  const [source] = listOf([parameter?.[kind]])
  const link = text(source?.['link'])
  const id = text(source?.['id'])
  const media = { ...(id === '' ? {} : { providerMediaId: id }), ...(link === '' ? {} : { link }) }
  return { kind: kind as 'image', media }
}
