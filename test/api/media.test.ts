import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Problem } from '#api/problem.ts'
import type { Message } from '#domain/conversations/schema.ts'
import type { MediaFile } from '#domain/media/schema.ts'
import { createFileStore } from '#infra/media/store.ts'
import { makeContact, receive } from '../support/inbound.ts'
import { as, openProduct, type Product, type TestTenant } from '../support/product.ts'

let product: Product
let tenant: TestTenant
let other: TestTenant
const folder = mkdtempSync(join(tmpdir(), 'media-'))

before(async () => {
  product = await openProduct(() => ({ media: createFileStore(folder) }))
  product.clock.ms = Date.now()
  tenant = await product.tenant()
  other = await product.tenant()
})
after(async () => {
  await product.close()
  rmSync(folder, { recursive: true, force: true })
})

async function upload(file: File): Promise<{ status: number; body: MediaFile & Problem }> {
  const form = new FormData()
  form.set('file', file)
  const response = await product.request('/media', { as: as(tenant, 'agent'), method: 'POST', body: form })
  return { status: response.status, body: (await response.json()) as MediaFile & Problem }
}
const download = (fileId: string, who = as(tenant, 'viewer')) => product.request(`/media/${fileId}`, { as: who })
const BYTES = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3])

test('[CH-18] [CH-21] a file is uploaded, sent by its id and read back byte by byte', async () => {
  const uploaded = await upload(new File([BYTES], 'Menu ñ.png', { type: 'image/png' }))
  assert.equal(uploaded.status, 201, JSON.stringify(uploaded.body))
  assert.partialDeepStrictEqual(uploaded.body, {
    mediaType: 'image',
    state: 'stored',
    sizeBytes: 7,
    fileName: 'Menu ñ.png',
  })
  const back = await download(uploaded.body.fileId)
  assert.deepEqual(new Uint8Array(await back.arrayBuffer()), BYTES)

  const contactId = await makeContact(product, tenant)
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['Hi'] })
  const send = (kind: string) =>
    product.call<Message & Problem>(as(tenant, 'agent'), 'POST', `/conversations/${conversationId}/messages`, {
      content: { kind, media: { fileId: uploaded.body.fileId } },
      clientId: `client-media-${kind}`,
    })
  const sent = await send('image')
  assert.equal(sent.body.media?.fileId, uploaded.body.fileId)
  assert.equal((await send('document')).status, 201)
  assert.equal((await send('video')).body.code, 'message_not_sendable')
})

test('[CH-19] an image of more than 5 MB is taken in, and refused as an image when it is sent', async () => {
  const { body } = await upload(new File([new Uint8Array(5 * 1024 * 1024 + 1)], 'big.png', { type: 'image/png' }))
  const contactId = await makeContact(product, tenant)
  const { conversationId } = await receive(product, tenant, { contactId, messages: ['Hi'] })
  const refused = await product.call<Problem>(
    as(tenant, 'agent'),
    'POST',
    `/conversations/${conversationId}/messages`,
    {
      content: { kind: 'image', media: { fileId: body.fileId } },
      clientId: 'client-too-large',
    },
  )
  assert.deepEqual([refused.status, refused.body.code], [413, 'media_too_large'])
})

test('[CH-19] a file of more than 100 MB is refused while it streams in', async () => {
  const boundary = 'x'
  let left = 101
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left === 101) {
        controller.enqueue(
          Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\n`),
        )
      }
      left -= 1
      if (left < 0) return controller.close()
      controller.enqueue(new Uint8Array(1024 * 1024))
    },
  })
  const response = await product.app.request(
    new Request('http://holdfast.test/api/v1/media', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: {
        origin: 'http://holdfast.test',
        'x-test-person': as(tenant, 'agent'),
        'content-type': `multipart/form-data; boundary=${boundary}`,
      },
    } as RequestInit),
  )
  assert.equal(response.status, 413)
  assert.equal(((await response.json()) as Problem).code, 'media_too_large')
})

test('[S33] [S34] what could run in a browser is handed over as a download, under a name that cannot break the header', async () => {
  const name = '../../x"\r\nset-cookie: a=b\u202Egpj.svg'
  const { body } = await upload(new File(['<svg onload="alert(1)"/>'], name, { type: 'image/svg+xml' }))
  assert.equal(body.mediaType, 'document')
  const { headers } = await download(body.fileId)
  assert.equal(headers.get('content-type'), 'application/octet-stream')
  assert.match(headers.get('content-disposition') ?? '', /^attachment; filename="/)
  assert.doesNotMatch(headers.get('content-disposition') ?? '', /\.\.|\u202E/)
  assert.equal(headers.get('set-cookie'), null)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.match(headers.get('content-security-policy') ?? '', /sandbox/)
})

test('[CH-21] a player asks for parts of a film, and gets those bytes and no others', async () => {
  const film = new Uint8Array(300_000).map((_, n) => n % 253)
  const { body } = await upload(new File([film], 'film.mp4', { type: 'video/mp4' }))
  const ask = (range: string, more: Record<string, string> = {}, method = 'GET') =>
    product.request(`/media/${body.fileId}`, { as: as(tenant, 'viewer'), method, headers: { range, ...more } })
  for (const [range, first, last] of [
    ['bytes=0-1', 0, 1],
    ['bytes=131072-', 131_072, 299_999],
    ['bytes=-10', 299_990, 299_999],
  ] as const) {
    const part = await ask(range)
    assert.equal(part.status, 206)
    assert.equal(part.headers.get('content-range'), `bytes ${first}-${last}/300000`)
    assert.equal(part.headers.get('content-length'), String(last - first + 1))
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), film.subarray(first, last + 1))
  }
  const whole = await download(body.fileId)
  assert.deepEqual([whole.status, whole.headers.get('accept-ranges')], [200, 'bytes'])
  const tag = whole.headers.get('etag')!
  assert.equal((await ask('bytes=0-1', { 'if-range': '"another"' })).status, 200, 'a part of another file is of no use')
  assert.equal((await ask('bytes=0-1', { 'if-range': tag })).status, 206)
  assert.equal((await ask('', { 'if-none-match': tag })).status, 304)
  const beyond = await ask('bytes=300000-')
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, 'bytes */300000'])
  const head = await ask('bytes=0-9', {}, 'HEAD')
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [206, '10', ''])
  for (const answer of [whole, beyond, await ask('bytes=0-1')]) {
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.match(answer.headers.get('content-security-policy') ?? '', /sandbox/)
  }
})

test('[CH-27] a file is reached by its own tenant only', async () => {
  const { body } = await upload(new File([BYTES], 'a.png', { type: 'image/png' }))
  assert.equal((await download(body.fileId, as(other))).status, 404)
  assert.equal((await download(body.fileId)).status, 200)
})
