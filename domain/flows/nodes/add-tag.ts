import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { ShortTemplate } from './parts.ts'

const TAG_CHARS_MAX = 60

const AddTagConfig = z.strictObject({ tag: ShortTemplate })

/** Puts a tag on the contact. */
export const addTag = defineNode({
  type: 'add_tag',
  schema: AddTagConfig,
  meta: { category: 'contact', icon: 'tag' },
  initial: { tag: '' },
  ports: () => [NEXT],
  enter(config, step) {
    const tag = step.render(config.tag, TAG_CHARS_MAX)
    if (tag === '') step.log({ event: 'problem', code: 'tag_empty' })
    else step.changeTag('addTag', tag)
    return { kind: 'go', port: 'next' }
  },
  lint: (config) => found(lengthFinding({ path: '/tag', text: config.tag, charsMax: TAG_CHARS_MAX })),
  reads: (config) => ({ templates: [config.tag], conditions: [] }),
})
