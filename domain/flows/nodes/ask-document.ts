import { z } from 'zod'
import { plainQuestion } from './ask.ts'
import { defineNode } from './contract.ts'
import { mediaAsk } from './media-ask.ts'
import { ASK_FIELDS } from './parts.ts'

const AskDocumentConfig = z.strictObject(ASK_FIELDS)

/** Asks for a document. */
export const askDocument = defineNode({
  type: 'ask_document',
  schema: AskDocumentConfig,
  meta: { category: 'question', icon: 'file-text' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: mediaAsk('document'),
})
