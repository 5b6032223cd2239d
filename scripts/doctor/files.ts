import type { Env } from '#infra/env.ts'
import { BucketError, bucketSettings, openBucket } from '#infra/media/bucket.ts'
import { adviceOn, adviceOnVersions, lookAtBucket } from '#infra/media/bucket-look.ts'
import { type Finding, ill, well } from './finding.ts'

/** Whether the bucket that holds files lets us in; nothing is written. */
export async function lookAtFiles(env: Env): Promise<Finding> {
  const about = 'Files'
  const settings = bucketSettings(env)
  if (settings === undefined) return well(about, 'They lie in the data folder.')
  const bucket = await openBucket(settings)
  try {
    const { keepsVersions } = await lookAtBucket(bucket)
    const { says, wayOut } = adviceOnVersions(bucket.name)
    return keepsVersions
      ? ill(about, says, wayOut)
      : well(about, `They lie in the bucket ${bucket.name} at ${bucket.host}.`)
  } catch (error) {
    if (!(error instanceof BucketError)) throw error
    const { says, wayOut } = adviceOn(error)
    return ill(about, says, wayOut)
  }
}
