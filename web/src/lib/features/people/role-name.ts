import type { I18n } from '#lib/i18n/index.ts'

/** Built-in roles are named in the reader's language, the tenant's own as they were written. */
export function roleName(role: { key: string; name: string }, { t, has }: Pick<I18n, 't' | 'has'>): string {
  const key = `people.role_${role.key}`
  return has(key) ? t(key) : role.name
}
