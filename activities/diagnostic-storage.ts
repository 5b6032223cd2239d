import { FREE_BYTES_MIN } from '#domain/diagnostics/rules.ts'
import { BucketError } from '#infra/media/bucket.ts'
import { checkStorage } from '#infra/media/storage-check.ts'
import { type Check, found, well } from './diagnostic-checks.ts'

export const storage: Check = async (deps, input) => {
  try {
    return await storageAsSet(deps, input)
  } catch (error) {
    if (!(error instanceof BucketError)) throw error
    const { fault, bucket, host, reason } = error
    return found(`bucket_${fault}`, { bucket, host, reason })
  }
}

const storageAsSet: Check = async ({ files }, { tenantId, checkId }) => {
  const { keepsVersions, freeBytes } = await files.look()
  if ((await checkStorage(files.store, tenantId, checkId)) === 'changed')
    return found('storage_broken', { reason: 'changed' })
  if (keepsVersions !== undefined) return found('bucket_keeps_versions', { bucket: keepsVersions })
  if (freeBytes === undefined) return well()
  const freeGb = Math.round(freeBytes / 1e8) / 10
  return freeBytes < FREE_BYTES_MIN ? found('storage_nearly_full', { freeGb }) : well({ freeGb })
}
