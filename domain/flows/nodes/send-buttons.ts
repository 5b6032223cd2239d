import { z } from 'zod'
import { answersNothing } from '../answers.ts'
import { askFindings, askReads, askWrites } from './ask.ts'
import { choiceFindings, trimmingFindings } from './choice-findings.ts'
import { BUTTON_TITLE_CHARS_MAX, BUTTONS_MAX, BUTTONS_TEXT_CHARS_MAX, buttonsMessage, chosen } from './choices.ts'
import { ASK_PORTS, defineNode } from './contract.ts'
import { ASK_FIELDS, PortId, ShortTemplate } from './parts.ts'

const SendButtonsConfig = z.strictObject({
  ...ASK_FIELDS,
  header: ShortTemplate.optional(),
  footer: ShortTemplate.optional(),
  buttons: z
    .array(z.strictObject({ id: PortId, title: z.string().max(200), value: z.string().max(200).optional() }))
    .max(10),
})

/** Offers up to three buttons and goes the way of the one that is tapped, or whose title is typed. */
export const sendButtons = defineNode({
  type: 'send_buttons',
  schema: SendButtonsConfig,
  meta: { category: 'question', icon: 'rectangle-ellipsis' },
  initial: { text: '', retriesMax: 2, buttons: [{ id: 'one', title: '' }] },
  ports: ({ buttons }) => [
    ...buttons.map(({ id, title }) => ({ id, title: title || id, required: true, whenOpen: 'complete' as const })),
    ...ASK_PORTS,
  ],
  enter: () => ({ kind: 'ask' }),
  ask: {
    settings: (config) => config,
    prompt: (config, step, text) => buttonsMessage({ ...config, text, choices: config.buttons }, step),
    answer(config, step, message) {
      if (answersNothing(message.content)) return { kind: 'ignored' }
      const button = chosen(config.buttons.slice(0, BUTTONS_MAX), step, message, false)
      if (button === undefined) return { kind: 'rejected', code: 'not_an_option' }
      return { kind: 'accepted', port: button.id, value: button.value ?? step.render(button.title, 200) }
    },
  },
  lint: (config) => [
    ...askFindings(config, BUTTONS_TEXT_CHARS_MAX),
    ...trimmingFindings(config),
    ...choiceFindings(config.buttons, { path: '/buttons', charsMax: BUTTON_TITLE_CHARS_MAX, countMax: BUTTONS_MAX }),
  ],
  reads(config) {
    const titles = config.buttons.map(({ title }) => title)
    const templates = [...askReads(config).templates, config.header ?? '', config.footer ?? '', ...titles]
    return { templates, conditions: [] }
  },
  writes: askWrites,
})
