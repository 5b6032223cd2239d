import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oddKey, refuseHugeJson } from './json-guard.ts'

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

test('[S48] a key that one object has twice is found wherever it is, however it is spelled', () => {
  const found = (text: string) => oddKey(Buffer.from(text))?.path
  assert.equal(found('{"a":1,"a":2}'), '/a')
  assert.equal(found('{ "a" : 1 , "\\u0061" : 2 }'), '/a')
  assert.equal(found('{"list":[{"x":1},{"x":1,"y":{"z":1,"z":1}}]}'), '/list/1/y/z')
  assert.equal(found('[1,[2,3],{"a/b":1,"c~":{"a/b":1},"a/b":1}]'), '/2/a~1b')
  assert.equal(found('{"ünï":1,"ünï":2}'), '/ünï')
  assert.equal(oddKey(Buffer.from('{"a":1,"a":2}'))?.fault, 'repeated_field')
})

test('[S48] keys of different objects, and words in text, are no repetition', () => {
  const found = (text: string) => oddKey(Buffer.from(text))?.path
  for (const text of [
    '{"a":{"a":{"a":1}},"b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":"\\"a\\":1","b":"{\\"a\\":1}"}',
    '{"a":["a","a","b:"],"b":1}',
    '{"":1," ":2}',
    '',
    '{"a":',
    ']]}}',
  ]) {
    assert.equal(found(text), undefined, text)
  }
  const startMs = performance.now()
  const keys = Array.from({ length: 2_000 }, (_, n) => `"key ${n}":{"a":[1,2,3],"b":"text"}`)
  assert.equal(found(`{${keys.join(',')}}`), undefined)
  assert.ok(performance.now() - startMs < 200)
})

test('[S28] the name of the prototype is no field, wherever it stands and however it is spelled', () => {
  for (const text of ['{"__proto__":1}', '[{"a":{"\\u005f_proto__":{}}}]', '{"a":"x","__proto\\u005f_":null}']) {
    assert.equal(oddKey(Buffer.from(text))?.fault, 'unknown_field', text)
  }
  assert.equal(oddKey(Buffer.from('{"a":"__proto__"}')), undefined)
})
