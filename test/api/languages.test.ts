import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGES } from '#domain/languages.ts'
import { mailOf } from '#domain/people/mails.ts'
import { mailTexts } from '#infra/mail/texts.ts'
import { openHouse } from './house.ts'

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
