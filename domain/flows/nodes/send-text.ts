import { z } from 'zod'
import { TEXT_CHARS_MAX } from './ask.ts'
import { defineNode, NEXT } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { Template } from './parts.ts'

const SendTextConfig = z.strictObject({ text: Template, previewUrl: z.boolean().optional() })

/** Sends a text. One whose values are all missing and that would be empty is left out, and the log says so. */
export const sendText = defineNode({
  type: 'send_text',
  schema: SendTextConfig,
  meta: { category: 'message', icon: 'message-square' },
  initial: { text: '' },
  ports: () => [NEXT],
  enter(config, step) {
    const text = step.render(config.text, TEXT_CHARS_MAX)
    if (text === '') step.log({ event: 'problem', code: 'text_empty' })
    else step.send({ kind: 'text', text, ...(config.previewUrl ? { previewUrl: true } : {}) })
    return { kind: 'go', port: 'next' }
  },
  lint: (config) => found(lengthFinding({ path: '/text', text: config.text, charsMax: TEXT_CHARS_MAX })),
  reads: (config) => ({ templates: [config.text], conditions: [] }),
})
