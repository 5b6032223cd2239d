import { apiError } from '../errors.ts'
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from '../json.ts'
import type { BusinessNumber, Template } from '../model.ts'
import type { Sim } from '../sim.ts'
import { missing, requireObject, requireText } from './checks.ts'
import { checkMediaPart, type MediaUse } from './media-use.ts'

export type CheckedTemplate = { template: Template; media: MediaUse[]; rendered: JsonObject }

/** Finds the approved template that a message names, and holds its parameters against the definition. */
export function checkTemplate(sim: Sim, number: BusinessNumber, value: Json | undefined): CheckedTemplate {
  const sent = requireObject(value, 'template')
  const name = requireText(sent['name'], { name: 'template.name', max: 512 })
  const language = requireText(requireObject(sent['language'], 'template.language')['code'], {
    name: 'template.language.code',
    max: 64,
  })
  const template = sim.templates.current(sim.world.findTemplate(number.wabaId, name, language))
  if (template?.status === 'PAUSED') throw apiError(132015, `Template ${name} is paused due to low quality.`)
  if (template?.status === 'DISABLED') throw apiError(132016, `Template ${name} is disabled due to low quality.`)
  if (template?.status !== 'APPROVED') {
    throw apiError(132001, `template name (${name}) does not exist in ${language}`)
  }
  const given = listAt(sent, 'components').filter(isObject)
  const media: MediaUse[] = []
  const values = {
    header: checkHeader(template, componentOf(given, 'header'), media),
    body: checkVariables(template, { part: 'body', given: componentOf(given, 'body') }),
    buttons: checkTemplateButtons(template, given),
  }
  return { template, media, rendered: renderTemplate(template, values, componentOf(given, 'header')) }
}

const typeOf = (component: JsonObject): string => String(component['type'] ?? '').toLowerCase()
const componentOf = (list: readonly JsonObject[], type: string): JsonObject | undefined =>
  list.find((component) => typeOf(component) === type)

export const variablesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g)].map((match) => match[1] ?? '')),
]

type Values = Record<string, string>

function checkVariables(
  template: Template,
  { part, given }: { part: 'header' | 'body'; given: JsonObject | undefined },
): Values {
  const definition = componentOf(template.components, part)
  // An authentication body has fixed words around one code.
  const wanted =
    part === 'body' && template.category === 'AUTHENTICATION' ? ['1'] : variablesIn(stringAt(definition, 'text') ?? '')
  const parameters = listAt(given, 'parameters').filter(isObject)
  if (parameters.length !== wanted.length) {
    throw apiError(
      132000,
      `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params (${wanted.length})`,
    )
  }
  const values: Values = {}
  for (const [index, parameter] of parameters.entries()) {
    const named = stringAt(parameter, 'parameter_name')
    if (template.parameterFormat === 'NAMED' && (named === undefined || !wanted.includes(named))) {
      throw apiError(132012, `${part}: parameter_name is missing or unknown: ${named ?? ''}`)
    }
    values[template.parameterFormat === 'NAMED' ? (named ?? '') : (wanted[index] ?? '')] = parameterText(
      parameter,
      part,
    )
  }
  const length = Object.values(values).reduce((sum, text) => sum + text.length, 0)
  if (length + (stringAt(definition, 'text') ?? '').length > 1024 * 4) throw apiError(132005, `${part} is too long.`)
  return values
}

function parameterText(parameter: JsonObject, part: string): string {
  const type = typeOf(parameter)
  if (type === 'currency' || type === 'date_time') {
    const fallback = stringAt(objectAt(parameter, type), 'fallback_value')
    if (fallback === undefined) throw missing(`${type}.fallback_value`)
    return fallback
  }
  if (type !== 'text') throw apiError(132012, `${part}: Format mismatch, expected TEXT, received ${type.toUpperCase()}`)
  const text = stringAt(parameter, 'text')
  if (text === undefined || text === '') throw apiError(131008, `${part}: parameter of type text is missing text value`)
  if (/[\n\t]| {5,}/.test(text)) {
    throw apiError(132018, 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces')
  }
  return text
}

function checkHeader(template: Template, given: JsonObject | undefined, media: MediaUse[]): Values {
  const format = (stringAt(componentOf(template.components, 'header'), 'format') ?? 'TEXT').toUpperCase()
  if (format === 'TEXT') return checkVariables(template, { part: 'header', given })
  const parameter = listAt(given, 'parameters').filter(isObject)[0]
  if (parameter === undefined) {
    throw apiError(132012, `header: Format mismatch, expected ${format}, received UNKNOWN`)
  }
  const kind = typeOf(parameter)
  const expected = format === 'GIF' ? 'video' : format.toLowerCase()
  if (kind !== expected && !(format === 'GIF' && kind === 'gif')) {
    throw apiError(132012, `header: Format mismatch, expected ${format}, received ${kind.toUpperCase()}`)
  }
  if (kind === 'location' || kind === 'product') requireObject(parameter[kind], `header.${kind}`)
  else media.push(checkMediaPart(parameter[kind], `header.${kind}`, kind === 'gif' ? 'video' : kind))
  return {}
}

function checkTemplateButtons(template: Template, given: readonly JsonObject[]): JsonObject[] {
  const buttons = listAt(componentOf(template.components, 'buttons'), 'buttons').filter(isObject)
  const parameters = new Map<number, JsonObject>()
  for (const component of given.filter((candidate) => typeOf(candidate) === 'button')) {
    const index = Number(component['index'] ?? 0)
    const button = buttons[index]
    if (!button) throw apiError(132012, `button: index ${index} does not exist in the template.`)
    const parameter = listAt(component, 'parameters').filter(isObject)[0]
    if (parameter) parameters.set(index, parameter)
  }
  return buttons.map((button, index) => {
    const type = String(button['type'] ?? '').toUpperCase()
    const parameter = parameters.get(index)
    const url = stringAt(button, 'url') ?? ''
    const needsOne = (type === 'URL' && url.includes('{{')) || type === 'OTP' || type === 'COPY_CODE'
    if (needsOne && !parameter) {
      throw apiError(131008, `buttons: Button at index ${index} of type ${capital(type)} requires a parameter`)
    }
    const text = stringAt(parameter, 'text') ?? stringAt(parameter, 'coupon_code') ?? ''
    return {
      type,
      text: stringAt(button, 'text') ?? capital(type.replaceAll('_', ' ')),
      ...(type === 'QUICK_REPLY' ? { payload: stringAt(parameter, 'payload') ?? stringAt(button, 'text') ?? '' } : {}),
      ...(type === 'URL' ? { url: url.replace(/\{\{\s*\w+\s*\}\}/, text) } : {}),
      ...(type === 'PHONE_NUMBER' ? { phone_number: stringAt(button, 'phone_number') ?? '' } : {}),
      ...(type === 'OTP' || type === 'COPY_CODE' ? { code: text } : {}),
    }
  })
}

const capital = (word: string): string => word.slice(0, 1) + word.slice(1).toLowerCase()

function renderTemplate(
  template: Template,
  values: { header: Values; body: Values; buttons: JsonObject[] },
  header: JsonObject | undefined,
): JsonObject {
  const definition = (type: string) => componentOf(template.components, type)
  const fill = (text: string, given: Values): string =>
    text.replace(/\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g, (whole, name: string) => given[name] ?? whole)
  const bodyText =
    template.category === 'AUTHENTICATION'
      ? '{{1}} is your verification code.'
      : (stringAt(definition('body'), 'text') ?? '')
  const media = listAt(header, 'parameters').filter(isObject)[0]
  const headerText = stringAt(definition('header'), 'text')
  const footer = stringAt(definition('footer'), 'text')
  return {
    name: template.name,
    category: template.category,
    ...(headerText === undefined ? {} : { header: { type: 'text', text: fill(headerText, values.header) } }),
    ...(media && typeOf(media) !== 'text' ? { header: media } : {}),
    body: fill(bodyText, values.body),
    ...(footer === undefined ? {} : { footer }),
    ...(values.buttons.length === 0 ? {} : { buttons: values.buttons }),
  }
}
