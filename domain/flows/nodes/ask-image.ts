import { z } from 'zod'
import { plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { mediaAsk } from './media-ask.ts'
import { ASK_FIELDS } from './parts.ts'

const AskImageConfig = z.strictObject(ASK_FIELDS)

/** Asks for a picture. */
export const askImage = defineNode({
  type: 'ask_image',
  schema: AskImageConfig,
  meta: { category: 'question', icon: 'image' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: mediaAsk('image'),
})
