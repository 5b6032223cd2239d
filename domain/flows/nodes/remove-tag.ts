import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { ShortTemplate } from './parts.ts'

const TAG_CHARS_MAX = 60

const RemoveTagConfig = z.strictObject({ tag: ShortTemplate })

/** Takes a tag off the contact. */
export const removeTag = defineNode({
  type: 'remove_tag',
  schema: RemoveTagConfig,
  meta: { category: 'contact', icon: 'tags' },
  initial: { tag: '' },
  ports: () => [NEXT],
  enter(config, step) {
    const tag = step.render(config.tag, TAG_CHARS_MAX)
    if (tag === '') step.log({ event: 'problem', code: 'tag_empty' })
    else step.changeTag('removeTag', tag)
    return { kind: 'go', port: 'next' }
  },
  lint: (config) => found(lengthFinding({ path: '/tag', text: config.tag, charsMax: TAG_CHARS_MAX })),
  reads: (config) => ({ templates: [config.tag], conditions: [] }),
})
