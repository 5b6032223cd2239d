import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'jemand',
  taken_over:
    '{self, select, yes {{by} hat vom Bot übernommen} other {{by} hat die Unterhaltung des Bots an {person} gegeben}}',
  assigned:
    '{self, select, yes {{by} hat die Unterhaltung genommen} other {{by} hat die Unterhaltung an {person} gegeben}}',
  queued: 'Die Unterhaltung wartet in der Warteschlange',
  unassigned: '{by} hat die Unterhaltung in die Warteschlange gestellt',
  handed_back: '{by} hat an den Bot zurückgegeben',
  'handed_over.requested': 'Der Bot hat um eine Person gebeten{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'Der Bot verstand die Antworten nicht und hat um eine Person gebeten',
  'handed_over.fault': 'Der Bot hielt bei einem Fehler an und hat um eine Person gebeten',
  closed: '{by} hat die Unterhaltung geschlossen: {reason}',
  reopened: '{by} hat die Unterhaltung wieder geöffnet',
  snoozed: '{by} hat die Unterhaltung zurückgestellt',
  released: '{by} hat zurückgehaltene Nachrichten freigegeben',
  reason_resolved: 'gelöst',
  reason_idle: 'niemand schrieb mehr',
  number_changed: '{name} hat eine neue Telefonnummer',
  identity_changed: 'Der Sicherheitscode von {name} hat sich geändert',
  user_id_changed: 'WhatsApp hat {name} eine neue ID gegeben',
  chat_opened: '{name} hat den Chat geöffnet',
  other: 'Hinweis von WhatsApp',
  edited: '{name} hat eine Nachricht bearbeitet: {text}',
  revoked: '{name} hat eine Nachricht gelöscht',
  permission_reply: '{name} hat auf eine Anfrage geantwortet: {response}',
}
