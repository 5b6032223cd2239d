import type { S3 } from '@aws-sdk/client-s3'
import { DomainError } from '#domain/errors.ts'
import { type Env, SETTINGS, SettingsError } from '#infra/env.ts'
import { OUTBOUND_TLS } from '#infra/http/outbound-tls.ts'

type BucketSettings = {
  name: string
  /** Undefined for AWS itself, whose address follows from the region. */
  endpoint: string | undefined
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
}

/** A bucket of an object store that speaks S3. */
export type Bucket = { name: string; host: string; client: S3 }

const CONNECT_MS = 5_000
/** Until an answer begins; how long it goes on is up to whoever reads it. */
const ANSWER_MS = 30_000
const SOCKETS_MAX = 512

/** The bucket that the settings name; undefined when they name none. @throws SettingsError when they name half of one. */
export function bucketSettings(env: Env): BucketSettings | undefined {
  const { s3Bucket: name, s3Endpoint: endpoint, s3AccessKey: accessKeyId, s3SecretKey: secretAccessKey } = env
  if (name !== undefined && accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { name, endpoint, region: env.s3Region, credentials: { accessKeyId, secretAccessKey } }
  }
  if ([name, endpoint, accessKeyId, secretAccessKey].every((value) => value === undefined)) return undefined
  const missing = (['s3Bucket', 's3AccessKey', 's3SecretKey'] as const).filter((key) => env[key] === undefined)
  const names = missing.map((key) => SETTINGS[key].name).join(' and ')
  throw new SettingsError(`Files are to lie in a bucket, but ${names} ${missing.length === 1 ? 'is' : 'are'} not set.`)
}

/** The client is loaded only here: it is large, and most houses keep their files in a folder. */
export async function openBucket({ name, endpoint, region, credentials }: BucketSettings): Promise<Bucket> {
  const { S3 } = await import('@aws-sdk/client-s3')
  const agent = { keepAlive: true, maxSockets: SOCKETS_MAX }
  const client = new S3({
    region,
    credentials,
    // Stores of other makers are reached by one name, and know no checksums beyond those that S3 demands.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: ANSWER_MS,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: { ...agent, ...OUTBOUND_TLS },
    },
  })
  return { name, client, host: endpoint === undefined ? `s3.${region}.amazonaws.com` : new URL(endpoint).host }
}

/** `unreachable` may pass by itself; the others stay until somebody does something. */
export type BucketFault = 'missing' | 'refused' | 'unreachable'

/** Why a bucket did not do what it was asked. The message is for everybody, the rest for whoever runs the house. */
export class BucketError extends DomainError {
  readonly fault: BucketFault
  readonly bucket: string
  readonly host: string
  readonly reason: string

  constructor({ name, host }: Bucket, cause: unknown) {
    super('unavailable', 'The place for files does not answer as it should.', { cause })
    this.bucket = name
    this.host = host
    const { code, status } = readFailure(cause)
    this.reason = [status, code].filter((part) => part !== undefined).join(' ')
    this.fault = faultOf(code, status)
  }
}

type Failure = { code: string; status: number | undefined }

export function readFailure(error: unknown): Failure {
  const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } }
  return { code: code ?? name ?? 'unknown', status: $metadata?.httpStatusCode }
}

/** By what S3 says and not by the status alone: some say 404 to a key that they do not know. */
function faultOf(code: string, status: number | undefined): BucketFault {
  if (code === 'NoSuchBucket') return 'missing'
  return status !== undefined && status >= 300 && status < 500 && status !== 429 ? 'refused' : 'unreachable'
}

/** What the bucket answers; its refusals and silences as one kind of error. */
export async function ask<Answer>(bucket: Bucket, request: (client: S3) => Promise<Answer>): Promise<Answer> {
  try {
    return await request(bucket.client)
  } catch (error) {
    throw error instanceof DomainError ? error : new BucketError(bucket, error)
  }
}
