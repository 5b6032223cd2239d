import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { contractDifferences, currentContract, SNAPSHOT } from './openapi.ts'

const LINES_MAX = 60

test('[INT-23] the contract is the one that was reviewed: who changes it writes it down in the same change', () => {
  const { gone, changed, added } = contractDifferences(JSON.parse(readFileSync(SNAPSHOT, 'utf8')), currentContract())
  const lines = [
    ...gone.map((line) => `- ${line}`),
    ...changed.map((line) => `~ ${line}`),
    ...added.map((line) => `+ ${line}`),
  ]
  const shown = lines.slice(0, LINES_MAX).join('\n')
  const advice = 'If this is meant, write it down: node test/api/record-openapi.ts, and review what changed in it.'
  assert.ok(lines.length === 0, `the contract changed in ${lines.length} places\n${shown}\n${advice}`)
})

test('[INT-26] every route refuses in one shape: what is not a success is problem+json, or has no body', () => {
  type Response = { content?: Record<string, unknown> } | string
  const { paths } = currentContract() as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, Response> }>>
  }
  const others: string[] = []
  for (const [path, operations] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(operations)) {
      for (const [status, response] of Object.entries(responses)) {
        if (status < '400' || typeof response === 'string' || response.content === undefined) continue
        others.push(`${method} ${path} ${status}: ${Object.keys(response.content)}`)
      }
    }
  }
  assert.deepEqual(others, [])
})

test('[INT-23] a change of the contract is shown where it is, and what clients lose comes first', () => {
  const operation = (required: string[], more: object = {}) => ({
    paths: { '/api/v1/things': { post: { requestBody: { required, ...more } } } },
  })
  const before = operation(['name'], { type: 'object', maxLength: 10 })
  const after = operation(['colour', 'name'], { type: 'array' })
  assert.deepEqual(contractDifferences(before, before), { gone: [], changed: [], added: [] })
  assert.deepEqual(contractDifferences(before, after), {
    gone: ['paths /api/v1/things post requestBody maxLength'],
    changed: ['paths /api/v1/things post requestBody type: "object" → "array"'],
    added: ['paths /api/v1/things post requestBody required has "colour"'],
  })
  const whole = { paths: { '/x': { get: { a: 1, b: 2, c: 3, d: 4 } } } }
  assert.deepEqual(contractDifferences(whole, { paths: {} }).gone, ['paths /x get (4 lines)'])
})
