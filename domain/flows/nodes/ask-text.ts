import { z } from 'zod'
import { messageText } from '../answers.ts'
import { plainAsk, plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { ASK_FIELDS } from './parts.ts'

const AskTextConfig = z.strictObject({
  ...ASK_FIELDS,
  charsMin: z.int().min(1).max(1_024).default(1),
  charsMax: z.int().min(1).max(1_024).default(1_024),
})
type AskTextConfig = z.infer<typeof AskTextConfig>

/** Asks for words. A tap counts as its title; media without words do not count. */
export const askText = defineNode({
  type: 'ask_text',
  schema: AskTextConfig,
  meta: { category: 'question', icon: 'text-cursor-input' },
  initial: { text: '', retriesMax: 2, charsMin: 1, charsMax: 1_024 },
  ...plainQuestion,
  ask: plainAsk<AskTextConfig>((config, { content }) => {
    if (content.kind !== 'text' && content.kind !== 'tap') return { refused: 'not_text' }
    const text = messageText(content)
    if (text.length < config.charsMin) return { refused: 'too_short' }
    return text.length > config.charsMax ? { refused: 'too_long' } : { value: text }
  }),
})
