import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Filtrer les conversations',
  title_on:
    '{count, plural, one {Filtrer les conversations, # filtre actif} other {Filtrer les conversations, # filtres actifs}}',
  any: 'Tous',
  from: 'Écrit depuis',
  until: 'Jusqu’à',
  channel: 'Canal',
  tag: 'Étiquette de la conversation ou du contact',
  field: 'Champ du contact',
  value: 'Ce qu’il dit',
  value_hint: 'Vide : peu importe.',
  clear: 'Effacer ces filtres',
  saved: 'Vos vues',
  view_name: 'Nom de cette vue',
  save: 'Enregistrer',
  remove_view: 'Retirer la vue {name}',
}
