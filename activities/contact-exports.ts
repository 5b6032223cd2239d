import { Readable } from 'node:stream'
import { cancellationSignal, heartbeat } from '@temporalio/activity'
import { DomainError, ERRORS } from '#domain/errors.ts'
import { EXPORT_KEPT_MS } from '#domain/privacy/schema.ts'
import { audit } from '#infra/db/stores/audit.ts'
import {
  countExported,
  type ExportPlace,
  exportedChannelEvents,
  exportedConsentHistory,
  exportedContact,
  exportedFiles,
  exportedMessages,
  exportedRuns,
} from '#infra/db/stores/contact-export.ts'
import {
  beginRequest,
  endRequest,
  forgetExport,
  getDataRequest,
  keepExport,
  noteProgress,
} from '#infra/db/stores/data-requests.ts'
import type { Db, Tx } from '#infra/db/tx.ts'
import { storedName } from '#infra/media/names.ts'
import type { MediaStore } from '#infra/media/store.ts'
import { type TarFile, tarOf } from '#infra/media/tar.ts'
import type { DataRequestInput } from '#workflows/privacy/messages.ts'

type ExportDeps = { db: Db; media: MediaStore; now: () => number }
export type ContactExportActivities = ReturnType<typeof createContactExportActivities>

const PAGE = 500
const FIRST = '00000000-0000-0000-0000-000000000000'
const SIZE_MAX = 20 * 1024 ** 3

export const createContactExportActivities = ({ db, media, now }: ExportDeps) => ({
  /** Writes the archive and notes where it lies. Safe to run again: the same archive goes to the same key. */
  async packContactExport({ tenantId, requestId }: DataRequestInput): Promise<{ expiresAtMs: number } | null> {
    const begun = await db.tenant(tenantId, (tx) => beginRequest(tx, requestId))
    if (begun === undefined) return null
    const place = { tenantId, contactId: begun.contactId }
    const storageKey = `exports/${requestId}/contact.tar`
    const files = filesOf({ db, media, now }, place, requestId)
    const signal = cancellationSignal()
    const chunks = async function* () {
      for await (const chunk of tarOf(files)) {
        signal.throwIfAborted()
        yield chunk
      }
    }
    const content = Readable.from(chunks(), { objectMode: false })
    const stored = await media.put(tenantId, storageKey, content, {
      mimeType: 'application/x-tar',
      sizeBytesMax: SIZE_MAX,
    })
    const expiresAtMs = now() + EXPORT_KEPT_MS
    const kept = await db.tenant(tenantId, async (tx) => {
      if (!(await keepExport(tx, { id: requestId, storageKey, sizeBytes: stored.sizeBytes, expiresAtMs }))) return false
      const subject = { type: 'contact', id: place.contactId }
      const detail = { requestId, sizeBytes: stored.sizeBytes }
      await audit(tx, { tenantId, actor: { kind: 'system' }, action: 'contacts.exported', subject, detail })
      return true
    })
    // It was discarded while it was being written.
    if (!kept) await media.delete(tenantId, storageKey)
    return kept ? { expiresAtMs } : null
  },

  /** Takes the file away; what had not been packed is cancelled. */
  async discardContactExport({ tenantId, requestId }: DataRequestInput): Promise<void> {
    const stored = await db.tenant(tenantId, (tx) => getDataRequest(tx, requestId))
    if (stored === undefined) return
    await media.delete(tenantId, stored.storageKey ?? `exports/${requestId}/contact.tar`)
    await db.tenant(tenantId, async (tx) => {
      await forgetExport(tx, requestId)
      await endRequest(tx, { id: requestId, state: 'cancelled' })
    })
  },
})

const asFile = (name: string, value: unknown, atMs: number): TarFile => {
  const content = Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
  return { name, content, sizeBytes: content.length, atMs }
}

/** The parts of the archive, one page in memory at a time. */
async function* filesOf(
  { db, media, now }: ExportDeps,
  place: ExportPlace,
  requestId: string,
): AsyncGenerator<TarFile> {
  const { tenantId } = place
  const atMs = now()
  const read = <T>(work: (tx: Tx) => Promise<T>) => db.tenant(tenantId, work)
  const totalCount = await read((tx) => countExported(tx, place))
  yield asFile('contact.json', await read((tx) => exportedContact(tx, place)), atMs)

  let doneCount = 0
  const pages: [string, (tx: Tx, page: { after: string; limit: number }) => Promise<{ id: string }[]>][] = [
    ['messages', (tx, page) => exportedMessages(tx, place, page)],
    ['runs', (tx, page) => exportedRuns(tx, place, page)],
    ['consent-history', (tx, page) => exportedConsentHistory(tx, place, page)],
    ['channel-events', (tx, page) => exportedChannelEvents(tx, place, page)],
  ]
  for (const [name, pageOf] of pages) {
    for (let after = FIRST, number = 1; ; number += 1) {
      const rows = await read((tx) => pageOf(tx, { after, limit: PAGE }))
      if (rows.length > 0) yield asFile(`${name}-${String(number).padStart(4, '0')}.json`, rows, atMs)
      if (name === 'messages') doneCount += rows.length
      heartbeat(doneCount)
      await read((tx) => noteProgress(tx, { id: requestId, step: 'pack', doneCount, totalCount }))
      if (rows.length < PAGE) break
      after = rows.at(-1)!.id
    }
  }
  const unreadable: string[] = []
  for (let after = FIRST; ; ) {
    const files = await read((tx) => exportedFiles(tx, place, { after, limit: PAGE }))
    for (const { id, fileName, mimeType, storageKey } of files) {
      heartbeat(id)
      const file = await openFile(media, tenantId, storageKey)
      if (file === undefined) unreadable.push(id)
      else yield { name: `media/${id}-${storedName(fileName ?? undefined, mimeType).slice(-50)}`, ...file, atMs }
    }
    if (files.length < PAGE) break
    after = files.at(-1)!.id
  }
  if (unreadable.length > 0) yield asFile('unreadable-files.json', unreadable, atMs)
}

/** A file that is not there, or was tampered with, is named in the archive; it must not keep all others from their owner. */
async function openFile(
  media: MediaStore,
  tenantId: string,
  key: string,
): Promise<Pick<TarFile, 'content' | 'sizeBytes'> | undefined> {
  try {
    const sizeBytes = await media.sizeBytes(tenantId, key)
    if (sizeBytes === undefined) return undefined
    const chunks = (await media.stream(tenantId, key))[Symbol.asyncIterator]()
    const first = await chunks.next()
    async function* content() {
      for (let next = first; next.done !== true; next = await chunks.next()) yield next.value as Uint8Array
    }
    return { sizeBytes, content: Readable.from(content(), { objectMode: false }) }
  } catch (error) {
    if (error instanceof DomainError && !ERRORS[error.code].retry) return undefined
    if (error instanceof DomainError && error.code === 'ciphertext_invalid') return undefined
    throw error
  }
}
