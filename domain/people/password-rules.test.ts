import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passwordFault } from './password-rules.ts'

test('passwords that thieves try first are known, however they are decorated', () => {
  const common = ['password123', 'P@ssw0rd2024!', 'Welcome12345', 'qwertyuiop', 'Iloveyou1234', '1234567890']
  common.push(
    '0987654321',
    'aaaaaaaaaaaa',
    'abcabcabcabc',
    'asdfghjkl1',
    '12/03/1987-44',
    'Summer2026!!',
    'Wh4tsApp2026',
  )
  for (const password of common) assert.equal(passwordFault(password), 'password_common', password)
})

test('a name or an address with a little beside it is refused', () => {
  const own = ['Amara Okafor', 'amara.okafor@kahawa.example']
  for (const password of ['amaraokafor', 'Okafor.Amara1', 'kahawa12345', 'Amara-2026!']) {
    assert.equal(passwordFault(password, own), 'password_personal', password)
  }
  assert.equal(passwordFault('amara drinks coffee at dawn', own), undefined)
})

test('sentences, random letters and other scripts are welcome', () => {
  for (const password of [
    'correct horse battery',
    'an entirely new one',
    'k3Vd-9sPq2xA',
    'القهوة قبل كل شيء',
    '雨が降る朝は静かだ。',
  ]) {
    assert.equal(passwordFault(password), undefined, password)
  }
})
