import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGES } from '#domain/languages.ts'
import { mailTexts } from '#domain/mails/texts.ts'
import { mailOf } from '#domain/people/mails.ts'
import { openHouse, PASSWORD } from './house.ts'

const house = await openHouse()
const platform = await house.administrator()
const owner = await house.owner('Duka')
const [role] = (await owner.json<{ items: { id: string }[] }>(200, 'GET', '/roles')).items

async function subjectTo(email: string): Promise<string | undefined> {
  await house.background.settled()
  return house.mails.findLast(({ to }) => to === email)?.subject
}

for (const locale of LANGUAGES) {
  test(`[UX-02] [UX-06] the account keeps ${locale}, for the whole and for each panel`, async () => {
    const preferences = { locale_agent: locale, locale_workspace: 'en', locale_platform: locale }
    await owner.json(200, 'PATCH', '/me', { locale, preferences })
    const me = await owner.json<{ person: object }>(200, 'GET', '/me')
    assert.partialDeepStrictEqual(me.person, { locale, preferences })
  })

  test(`[UX-03] mails come in ${locale}: to a person in their own language, to somebody invited in the tenant's`, async () => {
    await owner.json(200, 'PATCH', '/me', { locale })
    await owner.json(200, 'PATCH', '/tenant', { locale })
    await house.browser().request('POST', '/auth/password/forgot', { email: owner.email })
    assert.equal(await subjectTo(owner.email), mailOf('reset', {}, mailTexts(locale)).subject)
    const email = `guest-${locale}@house.test`
    await owner.json(201, 'POST', '/invitations', { email, roleId: role!.id })
    assert.equal(await subjectTo(email), mailOf('invitation', { tenant: 'Duka' }, mailTexts(locale)).subject)
  })

  test(`[UX-05] texts in ${locale} are said otherwise by the platform and by a tenant, each language for itself`, async () => {
    const key = 'inbox.search'
    await platform.json(200, 'PUT', `/platform/texts/${locale}`, { texts: { [key]: `house ${locale}` } })
    await owner.json(200, 'PUT', `/translations/${locale}`, { texts: { [key]: `own ${locale}` } })
    const ofHouse = await house.browser().json<{ texts: object }>(200, 'GET', `/texts/${locale}`)
    const ofTenant = await owner.json<{ texts: object }>(200, 'GET', `/translations/${locale}`)
    assert.deepEqual([ofHouse.texts, ofTenant.texts], [{ [key]: `house ${locale}` }, { [key]: `own ${locale}` }])
    await owner.json(204, 'DELETE', `/translations/${locale}/${key}`)
    assert.deepEqual((await owner.json<{ texts: object }>(200, 'GET', `/translations/${locale}`)).texts, {})
  })
}

test('[UX-05] a tenant says the mail of its invitations otherwise in its language, and only there', async () => {
  await owner.json(200, 'PUT', '/translations/de', { texts: { 'mails.invitation.subject': 'Komm zu {tenant}' } })
  for (const [locale, subject] of [
    ['de', 'Komm zu Duka'],
    ['fr', mailOf('invitation', { tenant: 'Duka' }, mailTexts('fr')).subject],
  ] as const) {
    await owner.json(200, 'PATCH', '/tenant', { locale })
    const email = `again-${locale}@house.test`
    await owner.json(201, 'POST', '/invitations', { email, roleId: role!.id })
    assert.equal(await subjectTo(email), subject)
  }
})

test('[UX-05] what the installation says otherwise stands in its mails: in all of them, and under a tenant’s own words', async () => {
  const texts = {
    'mails.reset.subject': 'Ein neues Wort',
    'mails.sign_in.subject': 'Jemand ist da, {name}',
    'mails.invitation.subject': 'Hereinspaziert',
    'mails.invitation.text': 'Bei {tenant}, von {inviter}: {link}',
  }
  await platform.json(200, 'PUT', '/platform/texts/de', { texts })
  const own = { 'mails.reset.subject': 'Nicht von hier', 'mails.invitation.subject': 'Komm zu {tenant}' }
  await owner.json(200, 'PUT', '/translations/de', { texts: own })
  await owner.json(200, 'PATCH', '/me', { locale: 'de' })
  await owner.json(200, 'PATCH', '/tenant', { locale: 'de' })

  await house.browser().request('POST', '/auth/password/forgot', { email: owner.email })
  assert.equal(await subjectTo(owner.email), 'Ein neues Wort', 'an account belongs to no tenant')
  const stranger = house.browser()
  await stranger.json(200, 'POST', '/auth/sign-in', { email: owner.email, password: PASSWORD })
  assert.match((await subjectTo(owner.email))!, /^Jemand ist da, ./)

  const invited = { name: 'Bäckerei', ownerEmail: 'baecker@house.test', locale: 'de', timeZone: 'Europe/Berlin' }
  await platform.json(201, 'POST', '/platform/tenants', invited)
  assert.equal(await subjectTo(invited.ownerEmail), 'Hereinspaziert')

  const email = 'said-otherwise@house.test'
  await owner.json(201, 'POST', '/invitations', { email, roleId: role!.id })
  assert.equal(await subjectTo(email), 'Komm zu Duka')
  const text = house.mails.findLast(({ to }) => to === email)!.text
  assert.match(text, /^Bei Duka, von .+: http:\/\/\S+\/invitation#inv_/)
})

test('[UX-05] a mail without the link that it is written for is refused, by tenant and installation', async () => {
  const texts = { 'mails.invitation.text': 'Come and join us.' }
  for (const [who, path] of [
    [owner, '/translations/en'],
    [platform, '/platform/texts/en'],
  ] as const) {
    const answer = await who.request('PUT', path, { texts })
    assert.equal(answer.status, 422)
    assert.match(await answer.text(), /A mail keeps its \{link\}\./)
  }
})
