import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Datos generales',
  text: 'Cómo se llama este espacio de trabajo y cuándo terminan las conversaciones.',
  about: 'Espacio de trabajo',
  name: 'Nombre',
  language_text: 'De los correos y de lo que ven primero las personas nuevas.',
  time_zone: 'Zona horaria',
  time_zone_text: 'Los flujos la siguen cuando el contacto no tiene una propia.',
  ends: 'Cuándo terminan las conversaciones',
  ends_text: 'Lo que espera a una persona, o ya la tiene, nunca termina solo.',
  idle: 'Horas de silencio hasta que el bot la termina',
  idle_text: 'Solo donde ha hablado únicamente el bot. 0 es nunca.',
  reopen: 'Horas en que puede continuar',
  reopen_text:
    'Quien escribe dentro de este tiempo tras el final sigue en la misma conversación. 0 es nunca: empieza otra.',
}
