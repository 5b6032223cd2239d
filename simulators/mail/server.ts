import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type Mail, Mailbox } from './mailbox.ts'
import { createSmtp, type MailFault } from './smtp.ts'

const HOST = '127.0.0.1'
const WAIT_MAX_MS = 60_000
const PUBLIC_DIR = join(import.meta.dirname, 'public')

export type MailSettings = { port: number; smtpPort: number; dataDir: string }
export type RunningMail = { url: string; smtpPort: number; close: () => Promise<void> }

export async function startMail(settings: MailSettings): Promise<RunningMail> {
  const mailbox = new Mailbox(join(settings.dataDir, 'mail'))
  await mailbox.load()
  const faults: MailFault[] = []
  const smtp = createSmtp(mailbox, faults)
  smtp.on('error', () => {}) // a client that hangs up is no reason to end
  await new Promise<void>((resolve, reject) => {
    smtp.server.once('error', reject)
    smtp.listen(settings.smtpPort, HOST, resolve)
  })
  const app = createMailApp(mailbox, faults)
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const starting = serve({ fetch: app.fetch, port: settings.port, hostname: HOST }, () => resolve(starting))
  })
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    smtpPort: (smtp.server.address() as AddressInfo).port,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => smtp.close(resolve))
    },
  }
}

const summary = ({ id, receivedAt, from, to, subject, text, envelope }: Mail) => ({
  id,
  receivedAt,
  from,
  to: to.length > 0 ? to : envelope.to,
  subject,
  preview: text.slice(0, 140).replaceAll(/\s+/g, ' ').trim(),
})

function createMailApp(mailbox: Mailbox, faults: MailFault[]): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const host = c.req.header('host') ?? ''
    const origin = c.req.header('origin')
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return c.json({ error: 'Call this by 127.0.0.1.' }, 403)
    if (origin !== undefined && origin !== `http://${host}`)
      return c.json({ error: 'Call this from its own page.' }, 403)
    return next()
  })
  app.get('/api/messages', async (c) => {
    const waitMs = Math.min(WAIT_MAX_MS, Number(c.req.query('wait') ?? 0) || 0)
    const found = await mailbox.waitFor(c.req.query('to'), waitMs)
    return c.json({ count: found.length, messages: found.map(summary) })
  })
  app.delete('/api/messages', (c) => c.json({ deleted: mailbox.clear(c.req.query('to')) }))
  app.get('/api/messages/:id', (c) => {
    const mail = mailbox.find(c.req.param('id'))
    return mail ? c.json(mail) : c.json({ error: 'No such mail.' }, 404)
  })
  app.delete('/api/messages/:id', (c) => c.json({ deleted: mailbox.remove(c.req.param('id')) ? 1 : 0 }))
  app.get('/api/messages/:id/raw', (c) => {
    const raw = mailbox.raw(c.req.param('id'))
    return raw ? c.text(raw.toString('utf8')) : c.json({ error: 'No such mail.' }, 404)
  })
  app.get('/api/messages/:id/html', (c) => {
    const html = mailbox.find(c.req.param('id'))?.html
    if (html === undefined || html === null) return c.json({ error: 'No HTML in this mail.' }, 404)
    // Shown in a frame: no scripts, no calls home, links open beside the page.
    c.header(
      'content-security-policy',
      "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox allow-popups",
    )
    return c.html(`<base target="_blank">${html}`)
  })
  app.get('/api/events', (c) =>
    streamSSE(c, async (stream) => {
      const stop = mailbox.watch((mail) => void stream.writeSSE({ event: 'mail', data: JSON.stringify(summary(mail)) }))
      await new Promise<void>((resolve) => stream.onAbort(resolve))
      stop()
    }),
  )
  app.post('/api/faults', async (c) => {
    const given = (await c.req.json()) as MailFault
    faults.push({ ...given, count: given.count ?? 1 })
    return c.json({ faults })
  })
  app.delete('/api/faults', (c) => c.json({ cleared: faults.splice(0).length }))
  app.get('/', (c) => c.html(readFileSync(join(PUBLIC_DIR, 'index.html'), 'utf8')))
  app.get('/mail.css', (c) => c.body(readFileSync(join(PUBLIC_DIR, 'mail.css')), 200, { 'content-type': 'text/css' }))
  app.get('/mail.js', (c) =>
    c.body(readFileSync(join(PUBLIC_DIR, 'mail.js')), 200, { 'content-type': 'text/javascript' }),
  )
  return app
}
