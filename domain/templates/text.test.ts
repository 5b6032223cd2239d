import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bodyOf, variablesOf } from './text.ts'

test('variables are read from header and body, each once, in order', () => {
  const components = [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{order}}' },
    { type: 'body', text: 'Hi {{ name }}, order {{order}} leaves {{1}}.' },
    { type: 'FOOTER', text: 'Bye' },
  ]
  assert.equal(bodyOf(components), 'Hi {{ name }}, order {{order}} leaves {{1}}.')
  assert.deepEqual(variablesOf(components), ['order', 'name', '1'])
})

test('a template without a text has no body and no variables', () => {
  assert.equal(bodyOf([{ type: 'HEADER', format: 'IMAGE' }]), '')
  assert.deepEqual(variablesOf([{ type: 'HEADER', format: 'IMAGE' }]), [])
})
