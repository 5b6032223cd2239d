import { Readable } from 'node:stream'
import { ask, type Bucket, BucketError, readFailure } from './bucket.ts'
import { createMeter } from './meter.ts'
import { folderOf, type MediaStore, noSuchFile, pathOf } from './store.ts'

/** At once, of 5 MiB each: what one upload holds in memory. */
const PARTS_AT_ONCE = 2

/**
 * A store in a bucket. Whatever is written appears there whole or not at all, so nothing is written beside and moved.
 * What grows beyond one part goes up in parts, because its size is not known before it ends.
 */
export function createBucketStore(bucket: Bucket): MediaStore {
  const Bucket = bucket.name

  async function read(tenantId: string, key: string) {
    const Key = pathOf(tenantId, key)
    const { Body } = await ask(bucket, (client) =>
      client.getObject({ Bucket, Key }).catch((error: unknown) => {
        throw readFailure(error).code === 'NoSuchKey' ? noSuchFile() : error
      }),
    )
    return Body!
  }

  return {
    async put(tenantId, key, content, { mimeType, sizeBytesMax }) {
      const Key = pathOf(tenantId, key)
      const { Upload } = await import('@aws-sdk/lib-storage')
      const meter = createMeter(content, sizeBytesMax)
      const Body = Readable.from(meter.chunks(), { objectMode: false })
      const params = { Bucket, Key, Body, ContentType: mimeType }
      try {
        await ask(bucket, (client) => new Upload({ client, params, queueSize: PARTS_AT_ONCE }).done())
      } catch (error) {
        meter.assertWhole()
        throw error
      }
      return { key, ...meter.result() }
    },

    stream: async (tenantId, key) => (await read(tenantId, key)) as Readable,
    bytes: async (tenantId, key) => (await read(tenantId, key)).transformToByteArray(),

    async sizeBytes(tenantId, key) {
      const Key = pathOf(tenantId, key)
      try {
        return (await bucket.client.headObject({ Bucket, Key })).ContentLength
      } catch (error) {
        if (readFailure(error).status !== 404) throw new BucketError(bucket, error)
        // That answer has no body: it does not say whether the file is missing or all of the bucket.
        await ask(bucket, (client) => client.listObjectsV2({ Bucket, MaxKeys: 1 }))
        return undefined
      }
    },

    async delete(tenantId, key) {
      const Key = pathOf(tenantId, key)
      await ask(bucket, (client) => client.deleteObject({ Bucket, Key }))
    },

    async deleteAll(tenantId, conversationId) {
      // Without the slash it would begin the names of others, too.
      const Prefix = `${folderOf(tenantId, conversationId)}/`
      let ContinuationToken: string | undefined
      do {
        const page = await ask(bucket, (client) => client.listObjectsV2({ Bucket, Prefix, ContinuationToken }))
        const keys = (page.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]))
        if (keys.length > 0) await deleteMany(keys)
        ContinuationToken = page.NextContinuationToken
      } while (ContinuationToken !== undefined)
    },
  }

  /** Refusals of single files are told in an answer that says 200. */
  async function deleteMany(Objects: { Key: string }[]): Promise<void> {
    const { Errors = [] } = await ask(bucket, (client) =>
      client.deleteObjects({ Bucket, Delete: { Objects, Quiet: true } }),
    )
    const [first] = Errors
    if (first !== undefined)
      throw new BucketError(bucket, Object.assign(new Error(first.Message), { name: first.Code }))
  }
}
