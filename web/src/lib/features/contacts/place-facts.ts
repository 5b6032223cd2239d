/** "Swahili" for `sw`, in the reader's language; the code itself when nobody knows it. */
export function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code) ?? code
  } catch {
    return code
  }
}

/** What the clock on the contact's wall says; undefined for a zone that does not exist. */
export function localTime(timeZone: string, locale: string, nowMs: number): string | undefined {
  try {
    return new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', weekday: 'short', timeZone }).format(
      nowMs,
    )
  } catch {
    return undefined
  }
}
