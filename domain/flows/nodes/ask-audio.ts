import { z } from 'zod'
import { plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { mediaAsk } from './media-ask.ts'
import { ASK_FIELDS } from './parts.ts'

const AskAudioConfig = z.strictObject(ASK_FIELDS)

/** Asks for a voice message or a sound file. */
export const askAudio = defineNode({
  type: 'ask_audio',
  schema: AskAudioConfig,
  meta: { category: 'question', icon: 'mic' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: mediaAsk('audio'),
})
