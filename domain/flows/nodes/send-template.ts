import { z } from 'zod'
import { TEMPLATE_CATEGORIES } from '../../templates/schema.ts'
import { defineNode, NEXT, type StepContext } from './contract.ts'
import { PortId, ShortTemplate, Template } from './parts.ts'

const PARAMETER_CHARS_MAX = 1_024
const PREVIEW_CHARS_MAX = 4_096

const Parameter = z.strictObject({
  /** For templates with named variables. */ name: PortId.optional(),
  text: ShortTemplate,
})

const SendTemplateConfig = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{0,512}$/),
  language: z.string().max(15),
  category: z.enum(TEMPLATE_CATEGORIES).optional(),
  header: z.array(Parameter).max(1).default([]),
  body: z.array(Parameter).max(20).default([]),
  /** The changing end of the address of a button, by its place among the buttons. */
  buttons: z
    .array(z.strictObject({ index: z.int().min(0).max(9), text: ShortTemplate }))
    .max(10)
    .default([]),
  /** The text as it will read, for the thread; values as in any text. */
  preview: Template.optional(),
})
type SendTemplateConfig = z.infer<typeof SendTemplateConfig>
type Parameter = z.infer<typeof Parameter>

/** WhatsApp refuses empty values, line breaks and runs of spaces in the parameters of a template. */
function parameter({ name, text }: Parameter, step: StepContext) {
  const value = step.render(text, PARAMETER_CHARS_MAX).replace(/\s+/gu, ' ') || '-'
  return { type: 'text', ...(name === undefined ? {} : { parameter_name: name }), text: value }
}

function components({ header, body, buttons }: SendTemplateConfig, step: StepContext) {
  return [
    ...(header.length === 0 ? [] : [{ type: 'header', parameters: header.map((item) => parameter(item, step)) }]),
    ...(body.length === 0 ? [] : [{ type: 'body', parameters: body.map((item) => parameter(item, step)) }]),
    ...buttons.map(({ index, text }) => ({
      type: 'button',
      sub_type: 'url',
      index: String(index),
      parameters: [parameter({ text }, step)],
    })),
  ]
}

/** Sends an approved template: the only message that may leave outside the service window. */
export const sendTemplate = defineNode({
  type: 'send_template',
  schema: SendTemplateConfig,
  meta: { category: 'message', icon: 'layout-template' },
  initial: { name: '', language: 'en', header: [], body: [], buttons: [] },
  ports: () => [NEXT],
  enter(config, step) {
    if (config.name === '' || config.language.length < 2) step.log({ event: 'problem', code: 'template_missing' })
    else {
      const parts = components(config, step)
      const preview = config.preview === undefined ? '' : step.render(config.preview, PREVIEW_CHARS_MAX)
      step.send({
        kind: 'template',
        name: config.name,
        language: config.language,
        ...(config.category === undefined ? {} : { category: config.category }),
        ...(parts.length === 0 ? {} : { components: parts }),
        ...(preview === '' ? {} : { text: preview }),
      })
    }
    return { kind: 'go', port: 'next' }
  },
  lint: (config) =>
    config.name === '' || config.language.length < 2
      ? [{ severity: 'error', code: 'template_required', path: '/name', message: 'A template is needed.' }]
      : [],
  reads(config) {
    const parameters = [...config.header, ...config.body, ...config.buttons].map(({ text }) => text)
    return { templates: [...parameters, config.preview ?? ''], conditions: [] }
  },
})
