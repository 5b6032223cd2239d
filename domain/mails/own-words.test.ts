import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSaidByTenants, losesLink } from './own-words.ts'

test('[UX-05] a mail keeps the link that it is written for, in whatever words', () => {
  assert.ok(losesLink('mails.invitation.text', 'Come and join us.'))
  assert.ok(losesLink('notices.mail', 'Much waits for you.'))
  assert.ok(!losesLink('mails.invitation.text', 'Come: {link}'))
  for (const key of ['mails.invitation.subject', 'notices.member_joined', 'inbox.search', 'toString']) {
    assert.ok(!losesLink(key, 'Anything'), key)
  }
})

test('[UX-05] what a tenant says otherwise is what it sends: mails about accounts are not', () => {
  assert.ok(isSaidByTenants('mails.invitation.text'))
  assert.ok(isSaidByTenants('notices.mail'))
  assert.ok(!isSaidByTenants('mails.reset.subject'))
  assert.ok(!isSaidByTenants('mails.sign_in.text'))
})
