import type { en } from './en/index.ts'

type Features = typeof en
/** `feature.key`, checked by the compiler. */
export type MessageKey = { [F in keyof Features & string]: `${F}.${keyof Features[F] & string}` }[keyof Features &
  string]
export type Bundle = Partial<Record<string, Readonly<Record<string, string>>>>
/** What another locale must say: every key of English, nothing else. */
export type Like<T extends Readonly<Record<string, string>>> = { readonly [K in keyof T]: string }

export function messageOf(bundle: Bundle, key: string): string | undefined {
  const dot = key.indexOf('.')
  return bundle[key.slice(0, dot)]?.[key.slice(dot + 1)]
}

export const keysOf = (bundle: Bundle): string[] =>
  Object.entries(bundle).flatMap(([feature, texts]) => Object.keys(texts ?? {}).map((key) => `${feature}.${key}`))
