import { IntlMessageFormat } from 'intl-messageformat'
import { createContext } from 'svelte'
import { createFormats, type Formats } from './formats.ts'
import { LOCALES, type Locale } from './locales.ts'
import { type Bundle, type MessageKey, messageOf } from './messages.ts'

export type MessageValues = Record<string, string | number>

const [getI18n, setI18n] = createContext<I18n>()

/** The texts of one person's page: bundled messages, and over them what administrators wrote at run time. */
export class I18n {
  locale = $state<Locale>('en')
  #bundle = $state.raw<Bundle>({})
  #fallback: Bundle
  #overrides = $state.raw<Record<string, string>>({})
  #installed = $state.raw<Record<string, string>>({})
  #compiled = new Map<string, IntlMessageFormat>()
  readonly dir = $derived(LOCALES[this.locale].dir)
  readonly fmt: Formats = $derived(createFormats(this.locale, (key, values) => this.t(key, values)))

  constructor(locale: Locale, bundle: Bundle, fallback: Bundle) {
    this.locale = locale
    this.#bundle = bundle
    this.#fallback = fallback
  }

  use(locale: Locale, bundle: Bundle): void {
    this.#bundle = bundle
    this.locale = locale
  }

  override(entries: Record<string, string>): void {
    this.#overrides = entries
  }

  /** What the installation says otherwise in every tenant; a tenant's own texts stand above it. */
  install(entries: Record<string, string>): void {
    this.#installed = entries
  }

  /** The bundled text of a key, without overrides: what the editor of translations compares with. */
  bundled(key: string): string | undefined {
    return messageOf(this.#bundle, key) ?? messageOf(this.#fallback, key)
  }

  readonly has = (key: string): key is MessageKey => messageOf(this.#fallback, key) !== undefined

  // An arrow, so that components may take it out of the object and still follow the locale.
  readonly t = (key: MessageKey, values?: MessageValues): string => {
    const override = this.#overrides[key] ?? this.#installed[key]
    if (override !== undefined) {
      // An administrator's text may be broken ICU; then the bundled one is shown instead of a stack trace.
      const text = this.#format(override, values)
      if (text !== undefined) return text
    }
    return this.#format(this.bundled(key) ?? key, values) ?? key
  }

  #format(source: string, values: MessageValues | undefined): string | undefined {
    if (!source.includes('{') && !source.includes("'")) return source
    const cacheKey = `${this.locale}|${source}`
    try {
      let compiled = this.#compiled.get(cacheKey)
      if (!compiled) {
        compiled = new IntlMessageFormat(source, this.locale, undefined, { ignoreTag: true })
        this.#compiled.set(cacheKey, compiled)
      }
      return String(compiled.format(values))
    } catch {
      return undefined
    }
  }
}

/** `t` and `fmt` follow the locale; take them out of the answer freely. */
export function useI18n() {
  const i18n = getI18n()
  const fmt: Formats = {
    age: (...args) => i18n.fmt.age(...args),
    time: (...args) => i18n.fmt.time(...args),
    day: (...args) => i18n.fmt.day(...args),
    full: (...args) => i18n.fmt.full(...args),
    at: (...args) => i18n.fmt.at(...args),
    span: (...args) => i18n.fmt.span(...args),
    number: (...args) => i18n.fmt.number(...args),
    bytes: (...args) => i18n.fmt.bytes(...args),
    money: (...args) => i18n.fmt.money(...args),
    list: (...args) => i18n.fmt.list(...args),
  }
  return {
    t: i18n.t,
    fmt,
    i18n,
    get locale() {
      return i18n.locale
    },
    get dir() {
      return i18n.dir
    },
  }
}

export { setI18n as provideI18n }
