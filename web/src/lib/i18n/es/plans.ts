import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Planes',
  text: 'Lo que pueden usar las empresas y con qué frecuencia pueden pedir.',
  figures_text:
    'Una cifra vacía es la de la casa, que se ve en gris. Un cambio vale al instante para todos los que tienen este plan.',
  key: 'Clave',
  key_text: 'Para programas; queda para siempre. Minúsculas, cifras y _.',
  own_figures: 'Cifras propias',
  monthly: 'Cada mes',
  rates_text: 'Peticiones por minuto, al menos 100.',
  new: 'Nuevo plan',
  new_text: 'Empieza con las cifras de la casa; después usted las cambia.',
  default: 'Predeterminado',
  default_text: 'Las empresas nuevas reciben este plan.',
  make_default: 'Dar a empresas nuevas',
  retire: 'Retirar',
  retired: 'Retirado',
  retire_title: '¿Retirar {name}?',
  retire_text: 'Ninguna otra empresa lo recibe. Quien lo tiene lo conserva.',
  restore: 'Recuperar',
}
