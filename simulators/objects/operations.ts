import { randomUUID } from 'node:crypto'
import { Refusal } from './refusal.ts'
import { etagOf, store, type Upload, type World } from './world.ts'

export type Answer = { status: number; headers?: Record<string, string>; body?: string | Buffer }
type Input = { world: World; key: string; query: URLSearchParams; type: string; body: Buffer }
export type Operation = (input: Input) => Answer

const PART_BYTES_MIN = 5 * 1024 * 1024

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replace(/[&<>"]/g, (one) => ESCAPES[one]!)
const unescaped = (text: string) =>
  Object.entries(ESCAPES).reduceRight((plain, [one, entity]) => plain.replaceAll(entity, one), text)
const tag = (name: string, value: string | number | boolean) => `<${name}>${escaped(String(value))}</${name}>`
const valuesOf = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => unescaped(value!))

export const xmlAnswer = (root: string, inner: string, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${inner}</${root}>`,
})

const list: Operation = ({ world, query }) => {
  const prefix = query.get('prefix') ?? ''
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64').toString()
  const size = Math.min(world.pageSize, Number(query.get('max-keys') ?? 1_000))
  const keys = [...world.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, size)
  const isTruncated = keys.length > page.length
  const contents = page.map((key) => {
    const { bytes, etag } = world.objects.get(key)!
    return `<Contents>${tag('Key', key)}${tag('Size', bytes.length)}${tag('ETag', etag)}</Contents>`
  })
  const next = isTruncated ? tag('NextContinuationToken', Buffer.from(page.at(-1) ?? '').toString('base64')) : ''
  const head = tag('Name', world.bucket) + tag('KeyCount', page.length) + tag('IsTruncated', isTruncated) + next
  return xmlAnswer('ListBucketResult', head + contents.join(''))
}

const versioning: Operation = ({ world }) =>
  xmlAnswer('VersioningConfiguration', world.keepsVersions ? tag('Status', 'Enabled') : '')

const listUploads: Operation = ({ world }) => {
  const uploads = [...world.uploads.values()].map(
    ({ key, id }) => `<Upload>${tag('Key', key)}${tag('UploadId', id)}</Upload>`,
  )
  return xmlAnswer('ListMultipartUploadsResult', tag('Bucket', world.bucket) + uploads.join(''))
}

const deleteMany: Operation = ({ world, body }) => {
  const [locked, free] = [[] as string[], [] as string[]]
  for (const key of valuesOf(body.toString(), 'Key')) (world.locked.has(key) ? locked : free).push(key)
  for (const key of free) world.objects.delete(key)
  const errors = locked.map((key) => `<Error>${tag('Key', key)}${tag('Code', 'AccessDenied')}</Error>`)
  return xmlAnswer('DeleteResult', errors.join(''))
}

const put: Operation = ({ world, key, type, body }) => {
  const { etag } = store(world, key, body, type)
  return { status: 200, headers: { etag } }
}

const get: Operation = ({ world, key }) => {
  const object = world.objects.get(key)
  if (object === undefined) throw new Refusal(404, 'NoSuchKey')
  const { bytes, type, etag } = object
  return { status: 200, headers: { etag, 'content-type': type, 'content-length': String(bytes.length) }, body: bytes }
}

const remove: Operation = ({ world, key }) => {
  world.objects.delete(key)
  return { status: 204 }
}

const begin: Operation = ({ world, key, type }) => {
  const id = randomUUID()
  world.uploads.set(id, { id, key, type, parts: new Map() })
  return xmlAnswer('InitiateMultipartUploadResult', tag('Bucket', world.bucket) + tag('Key', key) + tag('UploadId', id))
}

function uploadOf({ world, query, key }: Input): Upload {
  const upload = world.uploads.get(query.get('uploadId') ?? '')
  if (upload?.key !== key) throw new Refusal(404, 'NoSuchUpload')
  return upload
}

const putPart: Operation = (input) => {
  uploadOf(input).parts.set(Number(input.query.get('partNumber')), input.body)
  return { status: 200, headers: { etag: etagOf(input.body) } }
}

const complete: Operation = (input) => {
  const { id, key, type, parts } = uploadOf(input)
  const xml = input.body.toString()
  const [numbers, etags] = [valuesOf(xml, 'PartNumber').map(Number), valuesOf(xml, 'ETag')]
  const chosen = numbers.map((number, index) => {
    const bytes = parts.get(number)
    if (bytes === undefined || etagOf(bytes) !== etags[index]) throw new Refusal(400, 'InvalidPart')
    if (index > 0 && number <= numbers[index - 1]!) throw new Refusal(400, 'InvalidPartOrder')
    return bytes
  })
  if (chosen.slice(0, -1).some(({ length }) => length < PART_BYTES_MIN)) throw new Refusal(400, 'EntityTooSmall')
  const { etag } = store(input.world, key, Buffer.concat(chosen), type)
  input.world.uploads.delete(id)
  return xmlAnswer('CompleteMultipartUploadResult', tag('Key', key) + tag('ETag', etag))
}

const abort: Operation = (input) => {
  input.world.uploads.delete(uploadOf(input).id)
  return { status: 204 }
}

/** By method, by whether a key is named, and by the one word of the query that chooses. */
const OPERATIONS: readonly [name: string, method: string, of: 'bucket' | 'object', word: string | null, Operation][] = [
  ['ListObjectsV2', 'GET', 'bucket', 'list-type', list],
  ['GetBucketVersioning', 'GET', 'bucket', 'versioning', versioning],
  ['ListMultipartUploads', 'GET', 'bucket', 'uploads', listUploads],
  ['DeleteObjects', 'POST', 'bucket', 'delete', deleteMany],
  ['CreateMultipartUpload', 'POST', 'object', 'uploads', begin],
  ['UploadPart', 'PUT', 'object', 'uploadId', putPart],
  ['CompleteMultipartUpload', 'POST', 'object', 'uploadId', complete],
  ['AbortMultipartUpload', 'DELETE', 'object', 'uploadId', abort],
  ['PutObject', 'PUT', 'object', null, put],
  ['GetObject', 'GET', 'object', null, get],
  ['HeadObject', 'HEAD', 'object', null, get],
  ['DeleteObject', 'DELETE', 'object', null, remove],
]

export function operationOf(
  method: string,
  key: string,
  query: URLSearchParams,
): { name: string; operation: Operation } {
  const of = key === '' ? 'bucket' : 'object'
  const found = OPERATIONS.find(([, by, at, word]) => by === method && at === of && (word === null || query.has(word)))
  if (found === undefined) throw new Refusal(501, 'NotImplemented')
  const [name, , , , operation] = found
  return { name, operation }
}
