import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'alguém',
  taken_over:
    '{self, select, yes {{by} assumiu a conversa do bot} other {{by} passou a conversa do bot para {person}}}',
  assigned: '{self, select, yes {{by} assumiu a conversa} other {{by} atribuiu a conversa a {person}}}',
  queued: 'A conversa espera na fila',
  unassigned: '{by} pôs a conversa na fila',
  handed_back: '{by} devolveu a conversa ao bot',
  'handed_over.requested': 'O bot pediu uma pessoa{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'O bot não entendeu as respostas e pediu uma pessoa',
  'handed_over.fault': 'O bot parou em um erro e pediu uma pessoa',
  closed: '{by} encerrou a conversa: {reason}',
  reopened: '{by} reabriu a conversa',
  snoozed: '{by} adiou a conversa',
  released: '{by} liberou mensagens retidas',
  reason_resolved: 'resolvida',
  reason_idle: 'ninguém escreveu mais',
  number_changed: '{name} tem um novo número de telefone',
  identity_changed: 'O código de segurança de {name} mudou',
  user_id_changed: 'O WhatsApp deu a {name} um novo id',
  chat_opened: '{name} abriu o chat',
  other: 'Aviso do WhatsApp',
  edited: '{name} editou uma mensagem: {text}',
  revoked: '{name} apagou uma mensagem',
  permission_reply: '{name} respondeu a um pedido: {response}',
}
