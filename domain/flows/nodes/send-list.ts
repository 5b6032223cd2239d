import { z } from 'zod'
import { answersNothing } from '../answers.ts'
import { askFindings, askReads, askWrites } from './ask.ts'
import { choiceFindings, trimmingFindings } from './choice-findings.ts'
import {
  chosen,
  LIST_BUTTON_CHARS_MAX,
  LIST_ROWS_MAX,
  LIST_TEXT_CHARS_MAX,
  listMessage,
  ROW_TEXT_CHARS_MAX,
  ROW_TITLE_CHARS_MAX,
  SECTION_TITLE_CHARS_MAX,
} from './choices.ts'
import { ASK_PORTS, defineNode, type NodeFinding } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { ASK_FIELDS, PortId, ShortTemplate } from './parts.ts'

const SendListConfig = z.strictObject({
  ...ASK_FIELDS,
  header: ShortTemplate.optional(),
  footer: ShortTemplate.optional(),
  /** What opens the list. */
  button: z.string().max(200),
  sections: z
    .array(
      z.strictObject({
        title: z.string().max(200).optional(),
        rows: z
          .array(
            z.strictObject({
              id: PortId,
              title: z.string().max(200),
              description: z.string().max(500).optional(),
              value: z.string().max(200).optional(),
            }),
          )
          .max(20),
      }),
    )
    .max(10),
})
type SendListConfig = z.infer<typeof SendListConfig>

const rowsOf = (config: SendListConfig) => config.sections.flatMap(({ rows }) => rows)

function sectionFindings({ sections }: SendListConfig): NodeFinding[] {
  const optional = sections.length < 2
  return sections.flatMap(({ title, rows }, index) => [
    ...found(
      lengthFinding({
        path: `/sections/${index}/title`,
        text: title ?? '',
        charsMax: SECTION_TITLE_CHARS_MAX,
        optional,
      }),
    ),
    ...rows.flatMap((row, at) =>
      found(
        lengthFinding({
          path: `/sections/${index}/rows/${at}/description`,
          text: row.description ?? '',
          charsMax: ROW_TEXT_CHARS_MAX,
          optional: true,
        }),
      ),
    ),
  ])
}

/** Offers up to ten rows in a list and goes the way of the one that is chosen, or whose title is typed. */
export const sendList = defineNode({
  type: 'send_list',
  schema: SendListConfig,
  meta: { category: 'question', icon: 'list' },
  initial: { text: '', retriesMax: 2, button: '', sections: [{ rows: [{ id: 'one', title: '' }] }] },
  ports: (config) => [
    ...rowsOf(config).map(({ id, title }) => ({
      id,
      title: title || id,
      required: true,
      whenOpen: 'complete' as const,
    })),
    ...ASK_PORTS,
  ],
  enter: () => ({ kind: 'ask' }),
  ask: {
    settings: (config) => config,
    prompt: (config, step, text) => listMessage({ ...config, text }, step),
    answer(config, step, message) {
      if (answersNothing(message.content)) return { kind: 'ignored' }
      const row = chosen(rowsOf(config).slice(0, LIST_ROWS_MAX), step, message, false)
      if (row === undefined) return { kind: 'rejected', code: 'not_an_option' }
      return { kind: 'accepted', port: row.id, value: row.value ?? step.render(row.title, 200) }
    },
  },
  lint: (config) => [
    ...askFindings(config, LIST_TEXT_CHARS_MAX),
    ...trimmingFindings(config),
    ...found(lengthFinding({ path: '/button', text: config.button, charsMax: LIST_BUTTON_CHARS_MAX })),
    ...choiceFindings(rowsOf(config), { path: '/rows', charsMax: ROW_TITLE_CHARS_MAX, countMax: LIST_ROWS_MAX }),
    ...sectionFindings(config),
  ],
  reads(config) {
    const rows = rowsOf(config).flatMap(({ title, description }) => [title, description ?? ''])
    const sections = config.sections.map(({ title }) => title ?? '')
    const templates = [...askReads(config).templates, config.header ?? '', config.footer ?? '', config.button]
    return { templates: [...templates, ...sections, ...rows], conditions: [] }
  },
  writes: askWrites,
})
