import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'quelqu’un',
  taken_over:
    '{self, select, yes {{by} a pris la main au bot} other {{by} a confié la conversation du bot à {person}}}',
  assigned: '{self, select, yes {{by} a pris la conversation} other {{by} a attribué la conversation à {person}}}',
  queued: 'La conversation attend dans la file',
  unassigned: '{by} a mis la conversation en file d’attente',
  handed_back: '{by} a rendu la main au bot',
  'handed_over.requested': 'Le bot a demandé une personne{note, select, none {} other { : {note}}}',
  'handed_over.answer_not_understood': 'Le bot n’a pas compris les réponses et a demandé une personne',
  'handed_over.fault': 'Le bot s’est arrêté sur une erreur et a demandé une personne',
  closed: '{by} a clos la conversation : {reason}',
  reopened: '{by} a rouvert la conversation',
  snoozed: '{by} a mis la conversation en pause',
  released: '{by} a libéré des messages retenus',
  reason_resolved: 'résolue',
  reason_idle: 'plus personne n’a écrit',
  number_changed: '{name} a un nouveau numéro de téléphone',
  identity_changed: 'Le code de sécurité de {name} a changé',
  user_id_changed: 'WhatsApp a donné à {name} un nouvel id',
  chat_opened: '{name} a ouvert la discussion',
  other: 'Avis de WhatsApp',
  edited: '{name} a modifié un message : {text}',
  revoked: '{name} a supprimé un message',
  permission_reply: '{name} a répondu à une demande : {response}',
}
