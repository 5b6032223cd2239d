import { DomainError } from '#domain/errors.ts'
import { LocaleParam, PutTranslations, TranslationOverrides, TranslationParam } from '#domain/translations/schema.ts'
import { deleteTranslation, putTranslations, translationOverrides } from '#infra/db/stores/translations.ts'
import { acting } from '../acting.ts'
import { audited, feature, inTenant, inTenantRemembered, json, jsonBody, NO_CONTENT, route } from '../routing.ts'

const tags = ['Translations']

const getRoute = route({
  method: 'get',
  path: '/{locale}',
  access: 'member',
  tags,
  summary: 'The texts that this tenant says otherwise than the product',
  request: { params: LocaleParam },
  responses: { 200: json(TranslationOverrides, 'The texts by key.') },
})

const putRoute = route({
  method: 'put',
  path: '/{locale}',
  access: 'translations.manage',
  tags,
  summary: 'Say some texts otherwise; texts that are not named stay as they are',
  request: { params: LocaleParam, body: jsonBody(PutTranslations) },
  responses: { 200: json(TranslationOverrides, 'All texts that are said otherwise.') },
})

const deleteRoute = route({
  method: 'delete',
  path: '/{locale}/{key}',
  access: 'translations.manage',
  tags,
  summary: "Go back to the product's own text",
  request: { params: TranslationParam },
  responses: NO_CONTENT,
})

const subjectOf = (locale: string) => ({ type: 'translations', id: locale })

export const translationsApi = () =>
  feature()
    .openapi(getRoute, async (c) => {
      const { locale } = c.req.valid('param')
      return c.json({ locale, texts: await inTenantRemembered(c, (tx) => translationOverrides(tx, locale)) }, 200)
    })
    .openapi(putRoute, async (c) => {
      const { locale } = c.req.valid('param')
      const { texts } = c.req.valid('json')
      const all = await inTenant(c, async (tx) => {
        await putTranslations(tx, acting(c), { locale, texts })
        const detail = { keys: Object.keys(texts) }
        await audited(c, tx, { action: 'translations.put', subject: subjectOf(locale), detail })
        return translationOverrides(tx, locale)
      })
      return c.json({ locale, texts: all }, 200)
    })
    .openapi(deleteRoute, async (c) => {
      const { locale, key } = c.req.valid('param')
      await inTenant(c, async (tx) => {
        if (!(await deleteTranslation(tx, acting(c), { locale, key }))) {
          throw new DomainError('not_found', 'This text is not said otherwise.')
        }
        await audited(c, tx, { action: 'translations.delete', subject: subjectOf(locale), detail: { key } })
      })
      return c.body(null, 204)
    })
export type TranslationsApi = ReturnType<typeof translationsApi>
