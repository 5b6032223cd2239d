import { z } from 'zod'
import type { OutboundContent } from '../../messages/schema.ts'
import { answersNothing } from '../answers.ts'
import { askFindings, askPorts, askReads, askWrites, promptText, TEXT_CHARS_MAX } from './ask.ts'
import { choiceFindings } from './choice-findings.ts'
import {
  BUTTON_TITLE_CHARS_MAX,
  BUTTONS_MAX,
  BUTTONS_TEXT_CHARS_MAX,
  buttonsMessage,
  chosen,
  LIST_BUTTON_CHARS_MAX,
  LIST_ROWS_MAX,
  listMessage,
  ROW_TITLE_CHARS_MAX,
} from './choices.ts'
import { defineNode, type StepContext } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { ASK_FIELDS, PortId } from './parts.ts'

const OPTIONS_MAX = 30
const OPTION_CHARS_MAX = 100

const AskChoiceConfig = z.strictObject({
  ...ASK_FIELDS,
  options: z
    .array(
      z.strictObject({
        id: PortId,
        title: z.string().max(200),
        /** What is kept; the title when absent. */
        value: z.string().max(200).optional(),
        /** Other words that mean the same: `sí`, `claro`. */
        words: z.array(z.string().max(60)).max(20).default([]),
      }),
    )
    .max(OPTIONS_MAX),
  /** `auto`: buttons, a list or a numbered text, by number and length of the options. */
  display: z.enum(['auto', 'buttons', 'list', 'text']).default('auto'),
  /** What opens the list, when there is one. */
  listButton: z.string().max(200).default(''),
})
type AskChoiceConfig = z.infer<typeof AskChoiceConfig>
type Display = Exclude<AskChoiceConfig['display'], 'auto'>

function displayOf({ display, options }: AskChoiceConfig, step?: StepContext): Display {
  if (display !== 'auto') return display
  const longest = Math.max(0, ...options.map(({ title }) => (step?.render(title, 200) ?? title).length))
  if (options.length <= BUTTONS_MAX && longest <= BUTTON_TITLE_CHARS_MAX) return 'buttons'
  return options.length <= LIST_ROWS_MAX && longest <= ROW_TITLE_CHARS_MAX ? 'list' : 'text'
}

function prompt(config: AskChoiceConfig, step: StepContext, text: string): OutboundContent {
  const { options, listButton } = config
  const display = displayOf(config, step)
  if (display === 'buttons') return buttonsMessage({ text, choices: options }, step)
  if (display === 'list') return listMessage({ text, button: listButton, sections: [{ rows: options }] }, step)
  const lines = options.map(({ title }, index) => `${index + 1}. ${step.render(title, OPTION_CHARS_MAX)}`)
  const block = lines.join('\n')
  const question = promptText(step, text, Math.max(1, TEXT_CHARS_MAX - block.length - 2))
  return { kind: 'text', text: block === '' ? question : `${question}\n\n${block}` }
}

const BOUNDS = {
  buttons: { charsMax: BUTTON_TITLE_CHARS_MAX, countMax: BUTTONS_MAX },
  list: { charsMax: ROW_TITLE_CHARS_MAX, countMax: LIST_ROWS_MAX },
  text: { charsMax: OPTION_CHARS_MAX, countMax: OPTIONS_MAX },
} as const

/** Asks for one of several options and keeps its value. Understands taps, titles, other words and numbers. */
export const askChoice = defineNode({
  type: 'ask_choice',
  schema: AskChoiceConfig,
  meta: { category: 'question', icon: 'circle-check' },
  initial: {
    text: '',
    retriesMax: 2,
    options: [{ id: 'one', title: '', words: [] }],
    display: 'auto',
    listButton: '',
  },
  ports: askPorts,
  enter: () => ({ kind: 'ask' }),
  ask: {
    settings: (config) => config,
    prompt,
    answer(config, step, message) {
      if (answersNothing(message.content)) return { kind: 'ignored' }
      const option = chosen(config.options, step, message, true)
      if (option === undefined) return { kind: 'rejected', code: 'not_an_option' }
      return { kind: 'accepted', port: 'next', value: option.value ?? step.render(option.title, 200) }
    },
  },
  lint(config) {
    const display = displayOf(config)
    const button =
      display === 'list'
        ? lengthFinding({ path: '/listButton', text: config.listButton, charsMax: LIST_BUTTON_CHARS_MAX })
        : undefined
    return [
      ...askFindings(config, display === 'buttons' ? BUTTONS_TEXT_CHARS_MAX : TEXT_CHARS_MAX),
      ...choiceFindings(config.options, { path: '/options', ...BOUNDS[display] }),
      ...found(button),
    ]
  },
  reads(config) {
    const titles = config.options.map(({ title }) => title)
    return { templates: [...askReads(config).templates, config.listButton, ...titles], conditions: [] }
  },
  writes: askWrites,
})
