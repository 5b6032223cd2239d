import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Filtrar conversas',
  title_on: '{count, plural, one {Filtrar conversas, # filtro ativo} other {Filtrar conversas, # filtros ativos}}',
  any: 'Qualquer',
  from: 'Escrita desde',
  until: 'Até',
  channel: 'Canal',
  tag: 'Etiqueta da conversa ou do contato',
  field: 'Campo do contato',
  value: 'O que diz',
  value_hint: 'Vazio: diz qualquer coisa.',
  clear: 'Limpar estes filtros',
  saved: 'Suas visões',
  view_name: 'Nome desta visão',
  save: 'Salvar',
  remove_view: 'Remover a visão {name}',
}
