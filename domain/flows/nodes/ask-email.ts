import { z } from 'zod'
import { messageText } from '../answers.ts'
import { plainAsk, plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { ASK_FIELDS } from './parts.ts'

const AskEmailConfig = z.strictObject(ASK_FIELDS)

// One label at a time and no nested repetition, so that no text makes it slow.
const EMAIL = /^[^\s@<>(),;:"\\]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}$/u

/** Finds the one address in an answer: `my mail is ana@example.com.` gives `ana@example.com`. */
export function parseEmail(text: string): string | undefined {
  const found = text
    .split(/[\s<>(),;"]+/u)
    .map((word) => word.replace(/^mailto:/iu, '').replace(/[.!?]+$/u, ''))
    .filter((word) => EMAIL.test(word))
  return found.length === 1 ? found[0]?.toLowerCase() : undefined
}

/** Asks for an e-mail address. */
export const askEmail = defineNode({
  type: 'ask_email',
  schema: AskEmailConfig,
  meta: { category: 'question', icon: 'at-sign' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: plainAsk((_config, { content }) => {
    if (content.kind !== 'text' && content.kind !== 'tap') return { refused: 'not_text' }
    const value = parseEmail(messageText(content))
    return value === undefined ? { refused: 'not_an_email' } : { value }
  }),
})
