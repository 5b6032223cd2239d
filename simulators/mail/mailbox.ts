import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import PostalMime, { type Address, type Email } from 'postal-mime'

export type Envelope = { from: string; to: string[] }

export type Mail = {
  id: string
  receivedAt: string
  envelope: Envelope
  from: string
  to: string[]
  subject: string
  text: string
  html: string | null
  links: string[]
  headers: Record<string, string>
  attachments: { filename: string; mimeType: string; sizeBytes: number }[]
}

const KEPT = 2_000

/** Caught mail: raw files on disk, parsed once, newest last. */
export class Mailbox {
  readonly #dir: string
  readonly #mails = new Map<string, Mail>()
  readonly #watchers = new Set<(mail: Mail) => void>()
  #sequence = 0

  constructor(dir: string) {
    this.#dir = dir
    mkdirSync(dir, { recursive: true })
  }

  async load(): Promise<void> {
    for (const name of readdirSync(this.#dir).sort()) {
      if (!name.endsWith('.json')) continue
      const mail = JSON.parse(readFileSync(join(this.#dir, name), 'utf8')) as Mail
      this.#mails.set(mail.id, mail)
    }
  }

  async add(raw: Buffer, envelope: Envelope): Promise<Mail> {
    this.#sequence += 1
    const nowMs = Date.now()
    const id = `${nowMs.toString(36)}-${String(this.#sequence).padStart(4, '0')}`
    const mail = toMail(await PostalMime.parse(raw), { id, envelope, receivedAt: new Date(nowMs).toISOString() })
    writeFileSync(join(this.#dir, `${id}.eml`), raw)
    writeFileSync(join(this.#dir, `${id}.json`), JSON.stringify(mail))
    this.#mails.set(id, mail)
    for (const oldest of this.#mails.keys()) {
      if (this.#mails.size <= KEPT) break
      this.remove(oldest)
    }
    for (const watcher of this.#watchers) watcher(mail)
    return mail
  }

  /** Newest first; `to` matches any recipient of the envelope, whole and without regard to case. */
  list(to?: string): Mail[] {
    const wanted = to?.toLowerCase()
    return [...this.#mails.values()]
      .filter((mail) => wanted === undefined || mail.envelope.to.some((address) => address.toLowerCase() === wanted))
      .reverse()
  }

  find(id: string): Mail | undefined {
    return this.#mails.get(id)
  }

  raw(id: string): Buffer | undefined {
    return this.#mails.has(id) ? readFileSync(join(this.#dir, `${id}.eml`)) : undefined
  }

  remove(id: string): boolean {
    if (!this.#mails.delete(id)) return false
    for (const end of ['eml', 'json']) rmSync(join(this.#dir, `${id}.${end}`), { force: true })
    return true
  }

  clear(to?: string): number {
    const gone = this.list(to)
    for (const mail of gone) this.remove(mail.id)
    return gone.length
  }

  watch(watcher: (mail: Mail) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Answers as soon as there is mail for that address, or with none when the time is over. */
  async waitFor(to: string | undefined, waitMs: number): Promise<Mail[]> {
    const already = this.list(to)
    if (already.length > 0 || waitMs <= 0) return already
    return new Promise((resolve) => {
      const finish = (): void => {
        stop()
        clearTimeout(timer)
        resolve(this.list(to))
      }
      const timer = setTimeout(finish, waitMs)
      const stop = this.watch(() => {
        if (this.list(to).length > 0) finish()
      })
    })
  }
}

function toMail(email: Email, facts: Pick<Mail, 'id' | 'envelope' | 'receivedAt'>): Mail {
  const html = email.html ?? null
  const text = email.text ?? ''
  return {
    ...facts,
    from: email.from ? shown(email.from) : facts.envelope.from,
    to: (email.to ?? []).map(shown),
    subject: email.subject ?? '',
    text,
    html,
    links: linksIn(html, text),
    headers: Object.fromEntries(email.headers.map(({ key, value }) => [key, value])),
    attachments: email.attachments.map(({ filename, mimeType, content }) => ({
      filename: filename ?? 'unnamed',
      mimeType,
      sizeBytes: typeof content === 'string' ? content.length : content.byteLength,
    })),
  }
}

const shown = (address: Address): string =>
  address.group ? address.name : address.name ? `${address.name} <${address.address}>` : address.address

/** Tests follow the link of an invitation; a person sees the whole mail. */
function linksIn(html: string | null, text: string): string[] {
  const hrefs = [...(html ?? '').matchAll(/href="([^"]+)"/g)].map((match) => (match[1] ?? '').replaceAll('&amp;', '&'))
  const plain = [...text.matchAll(/https?:\/\/[^\s<>"')\]]+/g)].map((match) => match[0])
  return [...new Set([...hrefs, ...plain])].filter((link) => /^https?:/.test(link))
}
