import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'
import { NODE_TYPE_NAMES } from '#domain/flows/nodes/index.ts'
import { OutboundContent } from '#domain/messages/schema.ts'
import { type GoldenCase, playCase, transcriptText } from './session.ts'

const files = globSync(`${import.meta.dirname}/cases/*.case.json`).sort()

for (const file of files) {
  const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenCase
  test(`${basename(file, '.case.json')}: ${golden.description}`, () => {
    const transcript = playCase(golden)
    assert.equal(transcriptText(transcript), readFileSync(file.replace('.case.json', '.transcript.ndjson'), 'utf8'))
    for (const { lines } of transcript) {
      for (const command of lines.flatMap(({ commands }) => commands)) {
        if (command.kind === 'send') OutboundContent.parse(command.content)
      }
    }
  })
}

test('[FLOW-01] every node type has a golden session of its own, and there are at least 15', () => {
  const covered = new Set(files.map((file) => basename(file, '.case.json')))
  assert.deepEqual(
    NODE_TYPE_NAMES.filter((type) => !covered.has(type)),
    [],
  )
  assert.ok(NODE_TYPE_NAMES.length >= 15)
})
