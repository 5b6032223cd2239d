import type { health as english } from '../en/health.ts'
import type { Like } from '../messages.ts'

export const health: Like<typeof english> = {
  well: 'Alles läuft.',
  trouble: 'Braucht einen Blick: {parts}',
  processes: 'Prozesse',
  process_api: 'App und API',
  process_api_text: 'Bedient Menschen, Programme und Webhooks',
  process_dispatcher: 'Verteiler',
  process_dispatcher_text: 'Nimmt an, was kommt, und verteilt, was fällig ist',
  process_worker: 'Arbeiter',
  process_worker_text: 'Führt Unterhaltungen und Abläufe aus und sendet',
  state_up: 'Läuft',
  state_stalled: 'Steht',
  state_down: 'Ausgefallen',
  state_unknown: 'Unbekannt',
  up_count: '{count, plural, one {# Prozess} other {# Prozesse}}',
  last_heard: 'Zuletzt gehört {when}',
  never_heard: 'Keiner ist zu hören',
  stalled: 'Es steht: {names}',
  unattended: 'Niemand bearbeitet: {names}',
  queue_unhandled: 'Nachrichten, die niemand genommen hat',
  storage: 'Speicher für Dateien',
  free: '{size} frei',
  mail: 'Mailserver',
  dead_events: 'Aufgegebene Ereignisse',
  dead_events_text:
    'Ein Teil des Hauses kam in acht Versuchen nicht damit zurecht. Was sie sagen, bleibt beim Mandanten.',
  dead_events_none: 'Kein Ereignis wurde aufgegeben.',
  event_retried: 'Es wird erneut versucht.',
  failed_deliveries: 'Aufgegebene Webhooks',
  failed_deliveries_text:
    'Adressen von Mandanten nahmen sie nicht an. Erneut gesendet kommen sie unter denselben IDs, 500 auf einmal.',
  failed_deliveries_none: 'Keine Zustellung wurde aufgegeben.',
  failed_count: '{count, plural, one {# Zustellung} other {# Zustellungen}}',
  resend: 'Erneut senden',
  resent: 'Erneut gesendet: {count}. Übrig: {left}.',
}
