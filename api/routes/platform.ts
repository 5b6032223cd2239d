import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { AddPlatformAdministrator, PlatformAdministratorList, PlatformSettings } from '#domain/platform/schema.ts'
import { LocaleParam, PutTranslations, TranslationOverrides, TranslationParam } from '#domain/translations/schema.ts'
import {
  addAdministrator,
  changePlatformSettings,
  listAdministrators,
  platformSettings,
  removeAdministrator,
} from '#infra/db/stores/platform-people.ts'
import { deletePlatformText, platformTexts, putPlatformTexts } from '#infra/db/stores/platform-texts.ts'
import { auditedInTenant, auditedPlatform, platformOf } from '../platform-audit.ts'
import { feature, Id, json, jsonBody, NO_CONTENT, route } from '../routing.ts'
import { platformAuditApi } from './platform-audit.ts'

const own = { access: 'platform' as const, tags: ['Platform'] }

const listRoute = route({
  ...own,
  method: 'get',
  path: '/administrators',
  summary: 'Who runs this installation',
  responses: { 200: json(PlatformAdministratorList, 'The administrators.') },
})

const addRoute = route({
  ...own,
  confirmed: true,
  method: 'post',
  path: '/administrators',
  summary: 'Let somebody who has an account run this installation too',
  request: { body: jsonBody(AddPlatformAdministrator) },
  responses: { 201: json(PlatformAdministratorList, 'The administrators.') },
})

const removeRoute = route({
  ...own,
  confirmed: true,
  method: 'delete',
  path: '/administrators/{id}',
  summary: 'Let somebody no longer run this installation',
  request: { params: z.strictObject({ id: Id }) },
  responses: NO_CONTENT,
})

const settingsRoute = route({
  ...own,
  method: 'get',
  path: '/settings',
  summary: 'What this installation asks of its administrators',
  responses: { 200: json(PlatformSettings, 'The settings.') },
})

const changeSettingsRoute = route({
  ...own,
  confirmed: true,
  method: 'put',
  path: '/settings',
  summary: 'Ask a second factor of administrators, or no longer',
  request: { body: jsonBody(PlatformSettings) },
  responses: { 200: json(PlatformSettings, 'The settings.') },
})

const putTextsRoute = route({
  ...own,
  method: 'put',
  path: '/texts/{locale}',
  summary: 'Say some texts of the product otherwise for all tenants; those that are not named stay',
  request: { params: LocaleParam, body: jsonBody(PutTranslations) },
  responses: { 200: json(TranslationOverrides, 'All texts that are said otherwise.') },
})

const deleteTextRoute = route({
  ...own,
  method: 'delete',
  path: '/texts/{locale}/{key}',
  summary: "Go back to the product's own text",
  request: { params: TranslationParam },
  responses: NO_CONTENT,
})

const leaveRoute = route({
  ...own,
  method: 'post',
  path: '/leave',
  summary: 'Go out of a tenant that one was let into',
  responses: NO_CONTENT,
})

const people = () =>
  feature()
    .openapi(listRoute, async (c) => c.json({ items: await platformOf(c).run(listAdministrators) }, 200))
    .openapi(addRoute, async (c) => {
      const { email } = c.req.valid('json')
      const person = await c.get('deps').auth.findPerson(email)
      if (person === undefined) {
        const errors = [{ path: '/email', code: 'no_account', message: 'There is no account for this address.' }]
        throw new DomainError('invalid_input', 'There is no account for this address.', { errors })
      }
      const { personId } = person
      const items = await platformOf(c).run(async (tx) => {
        const added = await addAdministrator(tx, { personId, addedBy: c.get('administrator').personId })
        if (!added) throw new DomainError('conflict', 'They are an administrator already.')
        await auditedPlatform(c, tx, { action: 'administrators.add', subject: { type: 'person', id: personId } })
        return listAdministrators(tx)
      })
      return c.json({ items }, 201)
    })
    .openapi(removeRoute, async (c) => {
      const { id } = c.req.valid('param')
      await platformOf(c).run(async (tx) => {
        if (!(await removeAdministrator(tx, id))) throw new DomainError('not_found', 'There is no such administrator.')
        await auditedPlatform(c, tx, { action: 'administrators.remove', subject: { type: 'person', id } })
      })
      return c.body(null, 204)
    })
    .openapi(settingsRoute, async (c) => c.json(await platformOf(c).run(platformSettings), 200))
    .openapi(changeSettingsRoute, async (c) => {
      const settings = c.req.valid('json')
      if (settings.secondFactorRequired && !c.get('session').hasSecondFactor) {
        throw new DomainError('conflict', 'Set up a second factor for yourself before you ask it of others.')
      }
      await platformOf(c).run(async (tx) => {
        await changePlatformSettings(tx, settings)
        const subject = { type: 'platform', id: 'settings' }
        await auditedPlatform(c, tx, { action: 'settings.change', subject, detail: settings })
      })
      return c.json(settings, 200)
    })

export const platformApi = () =>
  people()
    .route('/audit', platformAuditApi())
    .openapi(putTextsRoute, async (c) => {
      const { locale } = c.req.valid('param')
      const { texts } = c.req.valid('json')
      const all = await platformOf(c).run(async (tx) => {
        await putPlatformTexts(tx, { locale, texts, by: c.get('administrator').personId })
        const subject = { type: 'translations', id: locale }
        await auditedPlatform(c, tx, { action: 'texts.put', subject, detail: { keys: Object.keys(texts) } })
        return platformTexts(tx, locale)
      })
      return c.json({ locale, texts: all }, 200)
    })
    .openapi(deleteTextRoute, async (c) => {
      const { locale, key } = c.req.valid('param')
      await platformOf(c).run(async (tx) => {
        const gone = await deletePlatformText(tx, { locale, key })
        if (!gone) throw new DomainError('not_found', 'This text is not said otherwise.')
        const subject = { type: 'translations', id: locale }
        await auditedPlatform(c, tx, { action: 'texts.delete', subject, detail: { key } })
      })
      return c.body(null, 204)
    })
    .openapi(leaveRoute, async (c) => {
      const { sessionId, tenantId, supportGrantId } = c.get('session')
      if (supportGrantId === null || tenantId === null) throw new DomainError('conflict', 'You are in no tenant.')
      const subject = { type: 'tenant', id: tenantId }
      await c
        .get('deps')
        .db.tenant(tenantId, (tx) => auditedInTenant(c, tx, { tenantId, action: 'support.leave', subject }))
      await c.get('deps').auth.sessions.enterBySupport({ sessionId, grant: null })
      return c.body(null, 204)
    })
export type PlatformApi = ReturnType<typeof platformApi>
