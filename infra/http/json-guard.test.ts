import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuseHugeJson } from './json-guard.ts'

const bounds = { depthMax: 4, keysPerObjectMax: 3, valuesMax: 10 }
const judge = (text: string) => refuseHugeJson(Buffer.from(text), bounds)

test('[S48] depth, keys of one object and values are each bounded', () => {
  assert.equal(judge('[[[[1]]]]'), undefined)
  assert.equal(judge('[[[[[1]]]]]'), 'too_deep')
  assert.equal(judge('{"a":1,"b":2,"c":3}'), undefined)
  assert.equal(judge('{"a":1,"b":2,"c":3,"d":4}'), 'too_many_keys')
  assert.equal(judge('[{"a":1,"b":2},{"a":1,"b":2},{"a":1}]'), undefined)
  assert.equal(judge(`[${'1,'.repeat(10)}1]`), 'too_many_values')
})

test('what stands in text is not counted, however it is escaped', () => {
  assert.equal(judge('{"a":"[[[[[[[[","b":"\\"{{{{{{{{\\\\"}'), undefined)
  assert.equal(judge('{"a":"unfinished [[[[[['), undefined)
  assert.equal(judge('["\\'), undefined)
  assert.equal(judge(''), undefined)
  assert.equal(judge(']]]]}}}}'), undefined)
})

test('[S48] five megabytes of brackets are refused in no time', () => {
  const startMs = performance.now()
  assert.equal(refuseHugeJson(Buffer.alloc(5 * 1024 * 1024, '[')), 'too_deep')
  assert.equal(refuseHugeJson(Buffer.alloc(5 * 1024 * 1024, ' ')), undefined)
  assert.ok(performance.now() - startMs < 1_000)
})
