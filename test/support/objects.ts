import { randomBytes } from 'node:crypto'
import { type Env, machineVariable, readEnv, settingsToEnv } from '#infra/env.ts'
import { type Bucket, bucketSettings, openBucket } from '#infra/media/bucket.ts'
import { type RunningObjectStore, startObjectStore } from '../../simulators/objects/server.ts'

/** A real object store instead of the simulator: `http://key:secret@host:port/bucket`. */
const TEST_OBJECTS_URL = 'HOLDFAST_TEST_OBJECTS_URL'

export type ObjectSettings = Pick<Env, 's3Endpoint' | 's3Bucket' | 's3AccessKey' | 's3SecretKey'>
export type TestObjects = { settings: ObjectSettings; close: () => Promise<void> }
export type SimulatedObjects = TestObjects & { store: RunningObjectStore }

/** The simulator with one bucket and one key. */
export async function simulateObjects({ pageSize = 1_000 } = {}): Promise<SimulatedObjects> {
  const key = { id: 'access-key', secret: randomBytes(20).toString('base64') }
  const store = await startObjectStore({ bucket: 'holdfast', key, pageSize })
  const settings = { s3Endpoint: store.url, s3Bucket: 'holdfast', s3AccessKey: key.id, s3SecretKey: key.secret }
  return { settings, store, close: store.close }
}

/** Something that speaks S3: what the machine names, else the simulator. */
export async function openTestObjects(): Promise<TestObjects> {
  const given = machineVariable(TEST_OBJECTS_URL)
  if (given === undefined) return simulateObjects()
  const { origin, pathname, username, password } = new URL(given)
  const settings = {
    s3Endpoint: origin,
    s3Bucket: pathname.slice(1),
    s3AccessKey: decodeURIComponent(username),
    s3SecretKey: decodeURIComponent(password),
  }
  return { settings, close: async () => undefined }
}

export const envOf = (settings: Partial<ObjectSettings>): Env => readEnv(settingsToEnv(settings))

export const openTestBucket = (settings: Partial<ObjectSettings>): Promise<Bucket> =>
  openBucket(bucketSettings(envOf(settings))!)
