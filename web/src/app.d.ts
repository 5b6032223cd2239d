import type { Locale } from '#lib/i18n/index.ts'
import type { PreferencesData } from '#lib/preferences/schema.ts'

declare global {
  namespace App {
    interface Locals {
      locale: Locale
      preferences: PreferencesData
    }
  }
}
