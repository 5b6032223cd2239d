import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ComposerState, chunks, FILES_MAX } from './composer.svelte.ts'
import { Composers } from './composers.ts'

const drawn = new Set<string>()
beforeEach(() => {
  drawn.clear()
  let count = 0
  vi.stubGlobal('URL', {
    createObjectURL: () => {
      count += 1
      drawn.add(`blob:${count}`)
      return `blob:${count}`
    },
    revokeObjectURL: (url: string) => drawn.delete(url),
  })
})
afterEach(() => vi.unstubAllGlobals())

const files = (count: number) =>
  Array.from({ length: count }, (_, index) => new File(['x'], `${index}.png`, { type: 'image/png' }))
const tenant = () => 't1'

test('a text over the limit leaves in parts, cut between words', () => {
  expect(chunks('one two three', 8)).toEqual(['one two', 'three'])
  expect(chunks('short', 8)).toEqual(['short'])
})

test('an emoji at the limit is not cut in half', () => {
  const parts = chunks(`${'a'.repeat(7)}😀bc`, 8)
  expect(parts.join('')).toBe(`${'a'.repeat(7)}😀bc`)
  expect(parts.every((part) => part.isWellFormed())).toBe(true)
})

test('files beyond the tenth are counted, so that they can be told of', () => {
  const composer = new ComposerState('c1', tenant)
  expect(composer.attach(files(8))).toBe(0)
  expect(composer.attach(files(5))).toBe(3)
  expect(composer.attachments).toHaveLength(FILES_MAX)
  expect(drawn.size).toBe(FILES_MAX)
})

test('pictures are let go when they are taken out, sent or forgotten', () => {
  const composer = new ComposerState('c1', tenant)
  composer.attach(files(3))
  composer.detach(composer.attachments[0]!.id)
  expect(drawn.size).toBe(2)
  expect(composer.take()).toHaveLength(2)
  expect(drawn.size).toBe(0)
  composer.attach(files(2))
  composer.clear()
  expect([composer.attachments.length, drawn.size]).toEqual([0, 0])
})

test('a message whose file finds no room is not taken back', () => {
  const composer = new ComposerState('c1', tenant)
  composer.attach(files(FILES_MAX))
  const ghost = { content: { kind: 'image', media: {}, caption: 'the cup' }, replyTo: null, file: files(1)[0] }
  expect(composer.edit(ghost as Parameters<ComposerState['edit']>[0])).toBe(false)
  expect(composer.text).toBe('')
})

test('files and the quote wait while a person looks at other conversations', () => {
  const composers = new Composers(tenant)
  composers.of('c1').attach(files(2))
  composers.of('c2').replyTo = { id: 'm1', direction: 'inbound', preview: 'Hi' }
  for (let n = 0; n < 200; n += 1) composers.of(`idle ${n}`)
  expect(composers.of('c1').attachments).toHaveLength(2)
  expect(composers.of('c2').replyTo?.id).toBe('m1')
})

test('only so many boxes keep their files, and none of one person’s is left for the next', () => {
  const composers = new Composers(tenant)
  composers.belongTo('t1.ana')
  for (let n = 0; n < 60; n += 1) composers.of(`c${n}`).attach(files(1))
  expect(drawn.size).toBeLessThanOrEqual(20)
  composers.belongTo(undefined)
  composers.belongTo('t1.ana')
  expect(composers.of('c59').attachments).toHaveLength(1)
  composers.belongTo('t1.ben')
  expect(composers.of('c59').attachments).toEqual([])
  expect(drawn.size).toBe(0)
})
