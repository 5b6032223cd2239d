import { z } from 'zod'
import { plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { mediaAsk } from './media-ask.ts'
import { ASK_FIELDS } from './parts.ts'

const AskVideoConfig = z.strictObject(ASK_FIELDS)

/** Asks for a video. */
export const askVideo = defineNode({
  type: 'ask_video',
  schema: AskVideoConfig,
  meta: { category: 'question', icon: 'video' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: mediaAsk('video'),
})
