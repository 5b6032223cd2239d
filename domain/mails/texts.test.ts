import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGES } from '../languages.ts'
import { NOTICE_TEXTS, noticeLine, noticeMail } from '../notifications/words.ts'
import { MAIL_TEXTS } from '../people/mails.ts'
import { mailTexts } from './texts.ts'

const TRANSLATED = LANGUAGES.filter((language) => language !== 'en')
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

test('[UX-03] a language is found by its tag, however it is written, and English is the last resort', () => {
  for (const tag of ['es-MX', 'ES', 'es_419']) assert.equal(mailTexts(tag), mailTexts('es'))
  for (const tag of ['en', 'en-GB', 'xx', '']) assert.deepEqual(mailTexts(tag), ENGLISH)
})
