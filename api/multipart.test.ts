import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '#domain/errors.ts'
import { readFilePart } from './multipart.ts'

const TYPE = 'multipart/form-data; boundary=----x'

/** A body that arrives in pieces of a given size. */
function bodyOf(bytes: Buffer, pieceBytes: number): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(new Uint8Array(bytes.subarray(at, at + pieceBytes)))
      at += pieceBytes
    },
  })
}

async function bytesOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of content) pieces.push(piece)
  return Buffer.concat(pieces)
}

const form = (file: Buffer) =>
  Buffer.concat([
    Buffer.from('------x\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n------x\r\n'),
    Buffer.from(
      'Content-Disposition: form-data; name="file"; filename="a \\"b\\".png"\r\nContent-Type: image/png\r\n\r\n',
    ),
    file,
    Buffer.from('\r\n------x--\r\n'),
  ])

test('the file comes out byte by byte as it went in, however the body is cut', async () => {
  const file = Buffer.from('\r\n\r\n--\r\n-----\r\n------\r\nbytes\0\xff\r\n-----', 'latin1')
  for (const pieceBytes of [1, 2, 3, 7, 64, 10_000]) {
    const part = await readFilePart(bodyOf(form(file), pieceBytes), TYPE)
    assert.equal(part.fileName, 'a "b".png')
    assert.equal(part.mimeType, 'image/png')
    assert.deepEqual(await bytesOf(part.content), file)
  }
})

test('what FormData of the platform writes is read', async () => {
  const data = new FormData()
  data.set('file', new File([new Uint8Array([1, 2, 3])], 'Foto ñandú.png', { type: 'image/png' }))
  const response = new Response(data)
  const part = await readFilePart(response.body, response.headers.get('content-type')!)
  assert.equal(part.fileName, 'Foto ñandú.png')
  assert.deepEqual([...(await bytesOf(part.content))], [1, 2, 3])
})

const field = (value: string) => `------x\r\ncontent-disposition: form-data; name="note"\r\n\r\n${value}\r\n`
const after = (fields: string) => Buffer.concat([Buffer.from(fields), form(Buffer.from('abc'))])

test('a file is found behind many small fields, and not behind large ones', async () => {
  const part = await readFilePart(bodyOf(after(field('').repeat(100)), 1_000), TYPE)
  assert.equal((await bytesOf(part.content)).toString(), 'abc')
  const large = after(field('a'.repeat(30_000)).repeat(3))
  await assert.rejects(
    readFilePart(bodyOf(large, 1_000), TYPE),
    /more than 65536 bytes come before the part named file/,
  )
})

test('a form without a file, one that breaks off and what is no form are refused', async () => {
  const codeOf = async (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof DomainError ? error.code : String(error)),
    )
  const noFile = Buffer.from('------x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n------x--\r\n')
  assert.equal(await codeOf(readFilePart(bodyOf(noFile, 5), TYPE)), 'invalid_input')
  assert.equal(await codeOf(readFilePart(bodyOf(Buffer.from('junk'), 5), TYPE)), 'invalid_input')
  assert.equal(await codeOf(readFilePart(bodyOf(noFile, 5), 'application/json')), 'unsupported_media_type')
  const huge = Buffer.from(`------x\r\nx-long: ${'a'.repeat(20_000)}`)
  assert.equal(await codeOf(readFilePart(bodyOf(huge, 1_000), TYPE)), 'invalid_input')
  const part = await readFilePart(bodyOf(form(Buffer.from('abc')).subarray(0, -14), 9), TYPE)
  assert.equal(await codeOf(bytesOf(part.content)), 'invalid_input')
})
