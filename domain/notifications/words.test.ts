import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noticeLine, noticeMail } from './words.ts'

test('a name cannot end its line or turn the text around it', () => {
  assert.equal(noticeLine({ kind: 'conversation_waiting', title: 'Ana\nBcc: x\u202e' }), 'Ana Bcc: x wrote to you')
})

test('one thing is the subject itself, several are counted', () => {
  const mail = { name: 'Bo', tenant: 'Acme', link: 'https://a/inbox', settings: 'https://a/settings' }
  assert.equal(noticeMail({ ...mail, lines: ['Ana wrote to you'] }).subject, 'Ana wrote to you · Acme')
  const two = noticeMail({ ...mail, lines: ['Ana wrote to you', 'Ben wrote to you'] })
  assert.equal(two.subject, '2 things wait for you · Acme')
  assert.match(two.text, /• Ana wrote to you\n• Ben wrote to you\n\nhttps:\/\/a\/inbox\n/)
})
