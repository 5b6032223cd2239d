import { type GraphError, userError } from '../errors.ts'
import { isObject, type JsonObject, listAt, objectAt, stringAt } from '../json.ts'
import { lengthOf, paramError, requireList } from './checks.ts'
import { variablesIn } from './template-send.ts'

export const CATEGORIES = new Set(['MARKETING', 'UTILITY', 'AUTHENTICATION'])
const FORMATS = new Set(['TEXT', 'IMAGE', 'VIDEO', 'GIF', 'DOCUMENT', 'LOCATION', 'PRODUCT'])
const BUTTON_LIMITS: Readonly<Record<string, number>> = {
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  FLOW: 1,
  CATALOG: 1,
  MPM: 1,
  OTP: 1,
}

const upper = (value: unknown): string => String(value ?? '').toUpperCase()

/** Type, format and buttons in capitals, as the provider gives them back; refuses what a review would never see. */
export function checkComponents(value: JsonObject, category: string, named: boolean): JsonObject[] {
  const components = requireList(value['components'], { name: 'components', min: 1, max: 10 })
    .filter(isObject)
    .map(normalised)
  const body = components.find((component) => component['type'] === 'BODY')
  if (!body) throw paramError('A template needs a BODY component.')
  for (const component of components) checkComponent(component, category, named)
  return components
}

function normalised(component: JsonObject): JsonObject {
  const buttons = listAt(component, 'buttons').filter(isObject)
  return {
    ...component,
    type: upper(component['type']),
    ...(component['format'] === undefined ? {} : { format: upper(component['format']) }),
    ...(buttons.length === 0 ? {} : { buttons: buttons.map((button) => ({ ...button, type: upper(button['type']) })) }),
  }
}

function checkComponent(component: JsonObject, category: string, named: boolean): void {
  const check = CHECKS[String(component['type'])]
  if (!check) throw paramError(`Param components[type] must be one of the known types - got "${component['type']}".`)
  check(component, { category, named })
}

const CHECKS: Readonly<Record<string, (component: JsonObject, kind: { category: string; named: boolean }) => void>> = {
  HEADER: (component, { named }) => checkHeader(component, named),
  BODY: (component, { category, named }) => {
    if (category !== 'AUTHENTICATION') checkBodyText(component, named)
  },
  FOOTER: (component, { category }) => checkFooter(component, category),
  BUTTONS: (component) => checkButtons(component),
  CAROUSEL: (component) => {
    requireList(component['cards'], { name: 'cards', min: 2, max: 10 })
  },
  LIMITED_TIME_OFFER: () => {},
  CALL_PERMISSION_REQUEST: () => {},
}

function checkHeader(component: JsonObject, named: boolean): void {
  const format = upper(component['format'])
  if (!FORMATS.has(format)) throw headerError('The header format is not known.')
  if (format !== 'TEXT') return
  const text = stringAt(component, 'text') ?? ''
  const variables = variablesIn(text)
  if (text === '' || lengthOf(text) > 60) throw headerError('The header must have 1 to 60 characters.')
  if (variables.length > 1) throw headerError('The header can have one variable.')
  if (/[\n*_~`]/.test(text)) throw headerError('The header cannot have new lines or formatting.')
  if (variables.length === 1 && !hasExample(component, named ? 'header_text_named_params' : 'header_text')) {
    throw headerError('The variable of the header needs an example.')
  }
}

const headerError = (message: string) => userError(2388047, 'Message header format is incorrect', message)

function checkBodyText(component: JsonObject, named: boolean): void {
  const text = stringAt(component, 'text') ?? ''
  if (text === '') throw userError(2388072, 'Message body format is incorrect', 'The body cannot be empty.')
  if (lengthOf(text) > 1024) throw userError(2388040, 'Character limit exceeded', 'The body can have 1024 characters.')
  const variables = variablesIn(text)
  const expected = named ? /^[a-z_][a-z0-9_]*$/ : /^\d+$/
  const sequential = named || variables.every((name, index) => Number(name) === index + 1)
  if (variables.some((name) => !expected.test(name)) || !sequential) {
    throw userError(
      2388072,
      'Message body format is incorrect',
      'Variables must be {{1}}, {{2}}, … or lower-case names.',
    )
  }
  if (/^\s*\{\{/.test(text) || /\}\}\s*$/.test(text)) {
    throw userError(2388299, 'Leading or trailing params', "Variables can't be at the start or end of the template.")
  }
  const words = text
    .replaceAll(/\{\{[^}]*\}\}/g, ' ')
    .split(/\s+/)
    .filter(Boolean).length
  if (variables.length > 0 && words < variables.length * 2 + 1) {
    throw userError(
      2388293,
      'Parameters words ratio exceeds limit',
      'There are too many variables for the length of the text.',
    )
  }
  if (variables.length > 0 && !hasExample(component, named ? 'body_text_named_params' : 'body_text')) {
    throw userError(2388072, 'Message body format is incorrect', 'Every variable needs an example.')
  }
}

const hasExample = (component: JsonObject, name: string): boolean =>
  listAt(objectAt(component, 'example'), name).length > 0

function checkFooter(component: JsonObject, category: string): void {
  const minutes = component['code_expiration_minutes']
  if (category === 'AUTHENTICATION') {
    if (minutes !== undefined && !(Number(minutes) >= 1 && Number(minutes) <= 90)) {
      throw paramError('Param code_expiration_minutes must be between 1 and 90.')
    }
    return
  }
  const text = stringAt(component, 'text') ?? ''
  if (text === '' || lengthOf(text) > 60 || variablesIn(text).length > 0) {
    throw userError(
      2388073,
      'Message footer format is incorrect',
      'The footer has 1 to 60 characters and no variables.',
    )
  }
}

function checkButtons(component: JsonObject): void {
  const buttons = listAt(component, 'buttons').filter(isObject)
  if (buttons.length === 0 || buttons.length > 10) throw paramError('A template can have 1 to 10 buttons.')
  const counts = new Map<string, number>()
  for (const button of buttons) {
    const type = String(button['type'])
    counts.set(type, (counts.get(type) ?? 0) + 1)
    const text = stringAt(button, 'text')
    if (text !== undefined && lengthOf(text) > 25)
      throw paramError('Param text of a button must be at most 25 characters long.')
    if (type === 'QUICK_REPLY' && !text) throw paramError('A quick reply needs a text.')
    if (type === 'URL') checkUrl(button)
    if (type === 'PHONE_NUMBER' && !/^\+?[\d ()-]{5,20}$/.test(String(button['phone_number'] ?? ''))) {
      throw paramError('Param phone_number of a button is not valid.')
    }
    if (type === 'COPY_CODE' && String(button['example'] ?? '').length > 20)
      throw paramError('Param example is too long.')
  }
  for (const [type, max] of Object.entries(BUTTON_LIMITS)) {
    if ((counts.get(type) ?? 0) > max) throw paramError(`A template can have ${max} ${type} button(s).`)
  }
  const replies = buttons.map((button) => button['type'] === 'QUICK_REPLY')
  const changes = replies.filter((isReply, index) => index > 0 && isReply !== replies[index - 1]).length
  if (changes > 1) throw userError(2388060, 'Button order is incorrect', 'Quick replies must stand together.')
}

function checkUrl(button: JsonObject): void {
  const url = stringAt(button, 'url') ?? ''
  const variables = variablesIn(url)
  if (url === '' || url.length > 2000) throw paramError('Param url of a button is not valid.')
  if (variables.length > 1 || (variables.length === 1 && !/\{\{\s*\w+\s*\}\}$/.test(url))) {
    throw paramError('A URL can have one variable, at its end.')
  }
  if (variables.length === 1 && listAt(button, 'example').length === 0)
    throw paramError('The variable of a URL needs an example.')
}

export const tooManyTemplates = (): GraphError =>
  userError(2388019, 'Template limit exceeded', 'This account has too many templates.')
