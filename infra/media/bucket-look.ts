import { ask, type Bucket, BucketError } from './bucket.ts'

const LOOK_MS = 8_000

export type BucketLook = { keepsVersions: boolean }

/**
 * Whether the bucket is there and lets us in; nothing is written. The start, the doctor and the diagnostics of a workspace
 * ask the same. @throws BucketError
 */
export async function lookAtBucket(bucket: Bucket): Promise<BucketLook> {
  const Bucket = bucket.name
  const within = { abortSignal: AbortSignal.timeout(LOOK_MS) }
  const { Name } = await ask(bucket, (client) => client.listObjectsV2({ Bucket, MaxKeys: 1 }, within))
  // To the client any page of a web server is a list of nothing.
  if (Name !== Bucket) throw new BucketError(bucket, { code: 'not S3' })
  // Whoever may not ask, or asks a store that knows no versions, is not kept from the bucket.
  const versioning = await bucket.client.getBucketVersioning({ Bucket }, within).catch(() => undefined)
  return { keepsVersions: versioning?.Status === 'Enabled' }
}

type Advice = { says: string; wayOut: string }

/** A fault in the words of whoever runs the house. */
export function adviceOn({ fault, bucket, host, reason }: BucketError): Advice {
  switch (fault) {
    case 'missing':
      return { says: `There is no bucket ${bucket} at ${host}.`, wayOut: 'Make it, or correct HOLDFAST_S3_BUCKET.' }
    case 'refused':
      return {
        says: `The object store at ${host} does not let us into the bucket ${bucket} (${reason}).`,
        wayOut:
          'Correct HOLDFAST_S3_ACCESS_KEY, HOLDFAST_S3_SECRET_KEY or HOLDFAST_S3_REGION, or the rights of that key.',
      }
    case 'unreachable':
      return {
        says: `Nothing at ${host} answers as an object store (${reason}).`,
        wayOut: 'Correct HOLDFAST_S3_ENDPOINT, or see what that server says.',
      }
  }
}

export const adviceOnVersions = (bucket: string): Advice => ({
  says: `The bucket ${bucket} keeps old versions, so that files which were erased stay in it.`,
  wayOut: 'Switch versioning off, or let a rule of the bucket delete old versions within days.',
})
