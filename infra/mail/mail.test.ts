import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import PostalMime from 'postal-mime'
import { SMTPServer } from 'smtp-server'
import { LANGUAGES } from '#domain/languages.ts'
import { NOTICE_TEXTS, noticeLine, noticeMail } from '#domain/notifications/words.ts'
import { MAIL_TEXTS, mailOf } from '#domain/people/mails.ts'
import { htmlOfMail } from './mail-html.ts'
import { createSmtpSender } from './mail-sender.ts'
import { mailTexts } from './texts.ts'

const TRANSLATED = LANGUAGES.filter((language) => Object.keys(mailTexts(language)).length > 0)
const link = 'https://chat.example.com/invitation#token'
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort()

const ENGLISH: Record<string, string> = { ...MAIL_TEXTS, ...NOTICE_TEXTS }

for (const language of TRANSLATED) {
  test(`[UX-03] mails and pushes say in ${language} what they say in English, with the same values`, () => {
    const texts: Record<string, string> = mailTexts(language)
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(ENGLISH).sort())
    for (const [key, english] of Object.entries(ENGLISH)) {
      assert.deepEqual(placeholders(texts[key]!), placeholders(english), key)
      assert.notEqual(texts[key], english, key)
      assert.equal(texts[key]!.endsWith('\n'), english.endsWith('\n'), `${key} ends otherwise`)
    }
    const line = noticeLine({ kind: 'member_joined', title: 'Ada' }, texts)
    const mail = { name: 'Bo', tenant: 'Acme', lines: [line], link, settings: link }
    assert.equal(noticeMail(mail, texts).subject, `${texts['notices.member_joined']!.replace('{title}', 'Ada')} · Acme`)
  })
}

test('[UX-03] a language is found by its tag, however it is written, and English needs no table', () => {
  for (const tag of ['es-MX', 'ES', 'es_419']) assert.equal(mailTexts(tag), mailTexts('es'))
  for (const tag of ['en', 'en-GB', 'xx', '']) assert.deepEqual(mailTexts(tag), {})
})

test('the link of every mail in every language becomes a button', () => {
  for (const locale of ['en', ...TRANSLATED]) {
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
