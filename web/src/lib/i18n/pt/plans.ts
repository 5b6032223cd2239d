import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Planos',
  text: 'O que as empresas podem usar e com que frequência podem pedir.',
  figures_text:
    'Um número vazio é o da casa, mostrado em cinza. Uma mudança vale na hora para todos que têm este plano.',
  key: 'Chave',
  key_text: 'Para programas; fica para sempre. Minúsculas, algarismos e _.',
  own_figures: 'Números próprios',
  monthly: 'A cada mês',
  rates_text: 'Pedidos por minuto, ao menos 100.',
  new: 'Novo plano',
  new_text: 'Começa com os números da casa; em seguida você os altera.',
  default: 'Padrão',
  default_text: 'Empresas novas recebem este plano.',
  make_default: 'Dar a empresas novas',
  retire: 'Descontinuar',
  retired: 'Descontinuado',
  retire_title: 'Descontinuar {name}?',
  retire_text: 'Nenhuma outra empresa o recebe. Quem o tem fica com ele.',
  restore: 'Trazer de volta',
}
