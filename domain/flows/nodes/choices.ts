import { asciiDigits, foldText } from '../../conditions/text.ts'
import type { OutboundContent } from '../../messages/schema.ts'
import { messageText, tapId, tappedOption } from '../answers.ts'
import { cutText } from '../templates.ts'
import type { AnswerMessage, StepContext } from './contract.ts'

/** WhatsApp's bounds of what can be tapped. */
export const BUTTONS_MAX = 3
export const BUTTON_TITLE_CHARS_MAX = 20
export const LIST_ROWS_MAX = 10
export const ROW_TITLE_CHARS_MAX = 24
export const ROW_TEXT_CHARS_MAX = 72
export const SECTION_TITLE_CHARS_MAX = 24
export const LIST_BUTTON_CHARS_MAX = 20
export const BUTTONS_TEXT_CHARS_MAX = 1_024
export const LIST_TEXT_CHARS_MAX = 4_096
export const HEADER_CHARS_MAX = 60
export const FOOTER_CHARS_MAX = 60

export type Choice = { id: string; title: string; words?: readonly string[] }

/** Titles within the limit, none empty and no two alike: WhatsApp refuses a message in which they are. */
export function uniqueTitles<C extends Choice>(choices: readonly C[], step: StepContext, charsMax: number): C[] {
  const seen = new Set<string>()
  return choices.map((choice) => {
    const base = step.render(choice.title, charsMax) || cutText(choice.id, charsMax)
    let title = base
    for (let number = 2; seen.has(title); number += 1) {
      title = `${base.slice(0, charsMax - String(number).length - 1).toWellFormed()} ${number}`
    }
    seen.add(title)
    return { ...choice, title }
  })
}

/**
 * Which choice a message means: a tap on it, or its title or one of its words as typed (in any case, with or without
 * accents); with `numbered`, also its number. A tap on what this run offered at another node means none of them.
 */
export function chosen<C extends Choice>(
  choices: readonly C[],
  step: StepContext,
  message: AnswerMessage,
  numbered: boolean,
): C | undefined {
  const { content } = message
  if (content.kind === 'tap') {
    const tapped = tappedOption(step, content.id)
    if (tapped.kind === 'option') return choices.find(({ id }) => id === tapped.id)
    if (tapped.kind === 'other') return undefined
  } else if (content.kind !== 'text') return undefined
  const typed = foldText(messageText(content))
  if (typed === '') return undefined
  const byTitle = choices.find(({ title }) => foldText(step.render(title, 1_024)) === typed)
  const byWord = byTitle ?? choices.find(({ words }) => words?.some((word) => foldText(word) === typed))
  const digits = asciiDigits(typed)
  if (byWord !== undefined || !numbered || !/^\d{1,2}[.)]?$/.test(digits)) return byWord
  return choices[Number.parseInt(digits, 10) - 1]
}

type Trimmings = { header?: string | undefined; footer?: string | undefined }

function trimmings({ header, footer }: Trimmings, step: StepContext) {
  const top = header === undefined ? '' : step.render(header, HEADER_CHARS_MAX)
  const bottom = footer === undefined ? '' : step.render(footer, FOOTER_CHARS_MAX)
  return {
    ...(top === '' ? {} : { header: { kind: 'text' as const, text: top } }),
    ...(bottom === '' ? {} : { footer: bottom }),
  }
}

/** A message with up to three reply buttons; more are left out, none leaves plain text. */
export function buttonsMessage(
  input: { text: string; choices: readonly Choice[] } & Trimmings,
  step: StepContext,
): OutboundContent {
  const text = step.render(input.text, BUTTONS_TEXT_CHARS_MAX) || '…'
  const buttons = uniqueTitles(input.choices.slice(0, BUTTONS_MAX), step, BUTTON_TITLE_CHARS_MAX)
  if (buttons.length === 0) return { kind: 'text', text }
  return {
    kind: 'buttons',
    text,
    ...trimmings(input, step),
    buttons: buttons.map(({ id, title }) => ({ id: tapId(step, id), title })),
  }
}

export type ListChoice = Choice & { description?: string | undefined }
export type ListPart = { title?: string | undefined; rows: readonly ListChoice[] }

/** A list message of up to ten rows in all; more are left out, none leaves plain text. */
export function listMessage(
  input: { text: string; button: string; sections: readonly ListPart[] } & Trimmings,
  step: StepContext,
): OutboundContent {
  const text = step.render(input.text, LIST_TEXT_CHARS_MAX) || '…'
  const rows = input.sections.flatMap(({ rows }, section) => rows.map((row) => ({ ...row, section })))
  const shown = uniqueTitles(rows.slice(0, LIST_ROWS_MAX), step, ROW_TITLE_CHARS_MAX)
  if (shown.length === 0) return { kind: 'text', text }
  const sections = input.sections
    .map(({ title }, index) => ({
      title: title === undefined ? '' : step.render(title, SECTION_TITLE_CHARS_MAX),
      rows: shown.filter(({ section }) => section === index).map((row) => rowOf(row, step)),
    }))
    .filter(({ rows }) => rows.length > 0)
  return {
    kind: 'list',
    text,
    ...trimmings(input, step),
    button: step.render(input.button, LIST_BUTTON_CHARS_MAX) || '…',
    sections: sections.map(({ title, rows }) => ({
      ...(title === '' && sections.length === 1 ? {} : { title: title || '…' }),
      rows,
    })),
  }
}

function rowOf(row: ListChoice, step: StepContext) {
  const description = row.description === undefined ? '' : step.render(row.description, ROW_TEXT_CHARS_MAX)
  return { id: tapId(step, row.id), title: row.title, ...(description === '' ? {} : { description }) }
}
