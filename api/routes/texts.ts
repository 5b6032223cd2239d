import { LocaleParam, TranslationOverrides } from '#domain/translations/schema.ts'
import { platformTexts } from '#infra/db/stores/platform-texts.ts'
import { feature, json, route } from '../routing.ts'

const getRoute = route({
  method: 'get',
  path: '/{locale}',
  access: 'public',
  tags: ['Translations'],
  summary: 'The texts that this installation says otherwise than the product; pages before sign-in need them too',
  request: { params: LocaleParam },
  responses: { 200: json(TranslationOverrides, 'The texts by key.') },
})

export const textsApi = () =>
  feature().openapi(getRoute, async (c) => {
    const { locale } = c.req.valid('param')
    const texts = (await c.get('deps').platform?.run((tx) => platformTexts(tx, locale))) ?? {}
    return c.json({ locale, texts }, 200)
  })
export type TextsApi = ReturnType<typeof textsApi>
