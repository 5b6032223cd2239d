import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'alguien',
  taken_over:
    '{self, select, yes {{by} tomó la conversación del bot} other {{by} pasó la conversación del bot a {person}}}',
  assigned: '{self, select, yes {{by} tomó la conversación} other {{by} asignó la conversación a {person}}}',
  queued: 'La conversación espera en la cola',
  unassigned: '{by} puso la conversación en la cola',
  handed_back: '{by} devolvió la conversación al bot',
  'handed_over.requested': 'El bot pidió una persona{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'El bot no entendió las respuestas y pidió una persona',
  'handed_over.fault': 'El bot se detuvo por un error y pidió una persona',
  closed: '{by} cerró la conversación: {reason}',
  reopened: '{by} reabrió la conversación',
  snoozed: '{by} pospuso la conversación',
  released: '{by} liberó mensajes retenidos',
  reason_resolved: 'resuelta',
  reason_idle: 'nadie escribió más',
  number_changed: '{name} tiene un número de teléfono nuevo',
  identity_changed: 'Cambió el código de seguridad de {name}',
  user_id_changed: 'WhatsApp dio a {name} un id nuevo',
  chat_opened: '{name} abrió el chat',
  other: 'Aviso de WhatsApp',
  edited: '{name} editó un mensaje: {text}',
  revoked: '{name} eliminó un mensaje',
  permission_reply: '{name} respondió a una solicitud: {response}',
}
