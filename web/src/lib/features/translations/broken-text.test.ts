import { expect, test } from 'vitest'
import { brokenMail, brokenText, faultOf } from './broken-text.ts'

test('[UX-05] a text may say the same with the same values, in any order', () => {
  expect(brokenText('Hallo {name}', 'Hi {name}, {count} left', 'en')).toBe(false)
  expect(brokenText('{count, plural, one {# Tag} other {# Tage}}', '{count} days', 'en')).toBe(false)
  expect(brokenText('No values at all', '{count} days', 'en')).toBe(false)
})

test('[UX-05] a text that cannot be shown is refused before it is saved', () => {
  expect(brokenText('Hallo {name', 'Hi {name}', 'en')).toBe(true)
  expect(brokenText('Hallo {vorname}', 'Hi {name}', 'en')).toBe(true)
  expect(brokenText('{count, plural, one {#}}', '{count} days', 'en')).toBe(true)
})

test('[UX-05] a mail knows names in braces and nothing else', () => {
  expect(brokenMail('Hallo {name}, {link}', 'Hi {name}: {link}')).toBe(false)
  expect(brokenMail("L'adresse {link}", '{link}')).toBe(false)
  expect(brokenMail('Hallo {vorname}', 'Hi {name}')).toBe(true)
  expect(brokenMail('Hallo {name', 'Hi {name}')).toBe(true)
  expect(brokenMail('{count, plural, one {#} other {#}}', '{count} things')).toBe(true)
})

test('[UX-05] what is wrong with a text is told by what it is for', () => {
  const invitation = { key: 'mails.invitation.text', original: '{inviter} invites you: {link}', locale: 'en' }
  expect(faultOf('Come and join us.', invitation)).toBe('needs_link')
  expect(faultOf('Come, {friend}: {link}', invitation)).toBe('broken')
  expect(faultOf('Come: {link}', invitation)).toBeUndefined()
  expect(
    faultOf('{count, plural, one {#} other {#}}', { key: 'inbox.x', original: '{count} left', locale: 'en' }),
  ).toBeUndefined()
})
