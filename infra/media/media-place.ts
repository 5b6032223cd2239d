import { join } from 'node:path'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import type { Env } from '#infra/env.ts'
import { BucketError, bucketSettings, openBucket } from './bucket.ts'
import { adviceOn, adviceOnVersions, lookAtBucket } from './bucket-look.ts'
import { createBucketStore } from './bucket-store.ts'
import { createSealedStore } from './sealed-store.ts'
import { freeBytesOf } from './storage-check.ts'
import { createFileStore, type MediaStore } from './store.ts'

type PlaceLook = {
  /** A bucket that keeps what was deleted. */
  keepsVersions?: string
  /** What is free; undefined where nobody can tell. */
  freeBytes?: number
}

export type MediaPlace = {
  /** Whatever lies there is sealed. */
  store: MediaStore
  /** @throws BucketError */
  look(): Promise<PlaceLook>
}

/** Where the house keeps files, as its settings say: in a bucket, or else in the data folder. @throws SettingsError */
export async function createMediaPlace(env: Env, keyRing: KeyRing): Promise<MediaPlace> {
  const settings = bucketSettings(env)
  if (settings !== undefined) {
    const bucket = await openBucket(settings)
    return {
      store: createSealedStore(createBucketStore(bucket), keyRing),
      look: async () => ((await lookAtBucket(bucket)).keepsVersions ? { keepsVersions: bucket.name } : {}),
    }
  }
  const dataDir = env.dataDir ?? '.holdfast'
  return {
    store: createSealedStore(createFileStore(join(dataDir, 'media')), keyRing),
    async look() {
      const freeBytes = await freeBytesOf(dataDir)
      return freeBytes === undefined ? {} : { freeBytes }
    },
  }
}

type Log = { warn: (fields: Record<string, unknown>, message: string) => void }

/**
 * @returns why files can be kept nowhere, until somebody does something. A place that is merely away is no reason not to
 * start: webhooks are taken and people read and write without it, and what needs it is tried again.
 */
export async function whyNotInThisPlace(place: MediaPlace, log: Log): Promise<string | undefined> {
  try {
    const { keepsVersions } = await place.look()
    if (keepsVersions !== undefined) log.warn({}, sentences(adviceOnVersions(keepsVersions)))
    return undefined
  } catch (error) {
    if (!(error instanceof BucketError)) throw error
    const refusal = sentences(adviceOn(error))
    if (error.fault !== 'unreachable') return refusal
    log.warn({ err: error }, refusal)
    return undefined
  }
}

const sentences = ({ says, wayOut }: { says: string; wayOut: string }): string => `${says} ${wayOut}`
