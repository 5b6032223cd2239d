import type { SystemHealth } from '#domain/platform/health.ts'
import { newId } from './ids.ts'
import { checkMailServer } from './mail/mail-check.ts'
import { checkStorage } from './media/storage-check.ts'
import type { MediaStore } from './media/store.ts'

type Parts = Pick<SystemHealth, 'storage' | 'mail'>
export type LookAtParts = () => Promise<Parts>

/** A look writes a file and greets a server: however many screens ask, it is not done more often than this. */
const KEPT_MS = 15_000
const WITHIN_MS = 3_000

type PartsOptions = {
  media: MediaStore
  /** What is free where files are kept; undefined where nobody can tell. */
  freeBytes: () => Promise<number | undefined>
  /** Absent where no mails are sent. */
  smtpUrl?: string | undefined
  now: () => number
}

/** Whether files can be kept and mails be sent, by trying to. */
export function createSystemParts({ media, freeBytes, smtpUrl, now }: PartsOptions): LookAtParts {
  let kept: { parts: Promise<Parts>; atMs: number } | undefined

  async function storage(): Promise<Parts['storage']> {
    // A tenant that there is not: the file lies where those of all others do, and nobody finds it.
    const whole = checkStorage(media, newId(), newId()).then((result) => result === 'whole')
    const [isWhole, free] = await Promise.all([within(whole), within(freeBytes())])
    return { state: isWhole === true ? 'up' : 'down', freeBytes: free ?? null }
  }

  async function mail(): Promise<Parts['mail']> {
    if (smtpUrl === undefined) return { state: 'unknown' }
    const { kind } = await checkMailServer(smtpUrl, WITHIN_MS)
    return { state: kind === 'answers' ? 'up' : 'down' }
  }

  return () => {
    if (kept === undefined || now() - kept.atMs >= KEPT_MS) {
      kept = { parts: Promise.all([storage(), mail()]).then(([a, b]) => ({ storage: a, mail: b })), atMs: now() }
    }
    return kept.parts
  }
}

/** What comes of it in time, or undefined. */
async function within<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, WITHIN_MS, undefined)
  })
  return Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer))
}
