import { z } from 'zod'
import { losesLink } from '../mails/own-words.ts'
import { Locale } from '../people/schema.ts'
import { isReadable } from './readable.ts'

export const TranslationKey = z
  .string()
  .max(160)
  .regex(/^[a-z][A-Za-z0-9_]*(\.[A-Za-z0-9_-]+)*$/)

/** The texts that a tenant says otherwise than the product does, by key. */
export const TranslationOverrides = z
  .strictObject({ locale: Locale, texts: z.record(z.string(), z.string()) })
  .meta({ id: 'TranslationOverrides' })
export type TranslationOverrides = z.infer<typeof TranslationOverrides>

export const PutTranslations = z
  .strictObject({
    texts: z
      .record(
        TranslationKey,
        z
          .string()
          .min(1)
          .max(4_000)
          .refine(isReadable, {
            message: 'Close every brace, and give each plural an {other}.',
            params: { code: 'unsayable' },
          }),
      )
      .refine((texts) => Object.keys(texts).length <= 500, 'At most 500 texts at once.')
      .refine((texts) => Object.entries(texts).every(([key, text]) => !losesLink(key, text)), {
        message: 'A mail keeps its {link}.',
        params: { code: 'link_lost' },
      }),
  })
  .meta({ id: 'PutTranslations' })

export const LocaleParam = z.strictObject({ locale: Locale })
export const TranslationParam = z.strictObject({ locale: Locale, key: TranslationKey })
