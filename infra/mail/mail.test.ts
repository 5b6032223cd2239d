import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { LANGUAGES } from '#domain/languages.ts'
import { mailTexts } from '#domain/mails/texts.ts'
import { mailOf } from '#domain/people/mails.ts'
import { htmlOfMail } from './mail-html.ts'
import { createSmtpSender } from './mail-sender.ts'

const link = 'https://chat.example.com/invitation#token'

test('the link of every mail in every language becomes a button', () => {
  for (const locale of LANGUAGES) {
    for (const kind of ['reset', 'invitation', 'sign_in'] as const) {
      const html = htmlOfMail(mailOf(kind, { name: 'Ada', tenant: 'Acme', inviter: 'Bo', link }, mailTexts(locale)))
      assert.match(html, new RegExp(`<a href="${link}"`), `${locale} ${kind}`)
    }
  }
})

test('[S32] what a person calls themselves stays text in a mail', () => {
  const evil = `<img src=x onerror="alert(1)">'&\r\n\r\nhttps://evil.test`
  const html = htmlOfMail(mailOf('invitation', { tenant: evil, inviter: evil, link }))
  assert.ok(!html.includes('<img'))
  assert.ok(!html.includes('href="https://evil.test'))
  assert.ok(!htmlOfMail({ subject: '</title><script>', text: 'javascript:alert(1)' }).includes('<script>'))
  assert.ok(!htmlOfMail({ subject: 's', text: 'javascript:alert(1)' }).includes('href'))
})

test('a mail leaves over SMTP as text and as a page', async (t) => {
  const received: Promise<string>[] = []
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      received.push(new Response(stream as unknown as BodyInit).text())
      stream.once('end', () => done())
    },
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const sender = createSmtpSender({ url: `smtp://127.0.0.1:${port}`, from: 'Holdfast <no-reply@holdfast.test>' })
  t.after(() => {
    sender.close()
    server.close()
  })
  const words = mailOf('reset', { name: 'Ада', link }, mailTexts('ar'))
  await sender.send({ to: 'ada@example.com', ...words })
  const mail = await PostalMime.parse(await received[0]!)
  assert.equal(mail.subject, words.subject)
  assert.equal(mail.text?.trim(), words.text.trim())
  assert.match(mail.html ?? '', /dir="auto"/)
  assert.equal(mail.to?.[0]?.address, 'ada@example.com')
})
