import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Unterhaltungen filtern',
  title_on:
    '{count, plural, one {Unterhaltungen filtern, # Filter aktiv} other {Unterhaltungen filtern, # Filter aktiv}}',
  any: 'Beliebig',
  from: 'Geschrieben seit',
  until: 'Bis',
  channel: 'Kanal',
  tag: 'Schlagwort der Unterhaltung oder des Kontakts',
  field: 'Feld des Kontakts',
  value: 'Was darin steht',
  value_hint: 'Leer: Es steht etwas Beliebiges darin.',
  clear: 'Diese Filter löschen',
  saved: 'Ihre Ansichten',
  view_name: 'Name dieser Ansicht',
  save: 'Speichern',
  remove_view: 'Ansicht {name} entfernen',
}
