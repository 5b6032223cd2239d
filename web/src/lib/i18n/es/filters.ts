import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Filtrar conversaciones',
  title_on:
    '{count, plural, one {Filtrar conversaciones, # filtro activo} other {Filtrar conversaciones, # filtros activos}}',
  any: 'Cualquiera',
  from: 'Escrito desde',
  until: 'Hasta',
  channel: 'Canal',
  tag: 'Etiqueta de la conversación o del contacto',
  field: 'Campo del contacto',
  value: 'Qué dice',
  value_hint: 'Vacío: dice cualquier cosa.',
  clear: 'Quitar estos filtros',
  saved: 'Sus vistas',
  view_name: 'Nombre de esta vista',
  save: 'Guardar',
  remove_view: 'Quitar la vista {name}',
}
