import type { health as english } from '../en/health.ts'
import type { Like } from '../messages.ts'

export const health: Like<typeof english> = {
  well: 'Tout fonctionne.',
  trouble: 'À regarder : {parts}',
  processes: 'Processus',
  process_api: 'Application et API',
  process_api_text: 'Sert les personnes, les programmes et les webhooks',
  process_dispatcher: 'Répartiteur',
  process_dispatcher_text: 'Prend ce qui arrive et distribue ce qui est dû',
  process_worker: 'Exécutant',
  process_worker_text: 'Mène conversations et scénarios, et envoie',
  state_up: 'En marche',
  state_stalled: 'À l’arrêt',
  state_down: 'En panne',
  state_unknown: 'Inconnu',
  up_count: '{count, plural, one {# processus} many {# processus} other {# processus}}',
  last_heard: 'Dernier signe : {when}',
  never_heard: 'Aucun ne répond',
  stalled: 'À l’arrêt : {names}',
  unattended: 'Personne ne traite : {names}',
  queue_unhandled: 'Messages que personne n’a pris',
  storage: 'Stockage des fichiers',
  free: '{size} libres',
  mail: 'Serveur de courrier',
  dead_events: 'Événements abandonnés',
  dead_events_text:
    'Une partie du système n’a pas pu agir en huit essais. Ce qu’ils disent reste dans leur entreprise.',
  dead_events_none: 'Aucun événement abandonné.',
  event_retried: 'Nouvel essai en cours.',
  failed_deliveries: 'Webhooks abandonnés',
  failed_deliveries_text:
    'Des adresses d’entreprises ne les ont pas pris. Renvoyés, ils gardent leurs ids, 500 à la fois.',
  failed_deliveries_none: 'Aucune livraison abandonnée.',
  failed_count: '{count, plural, one {# livraison} many {# livraisons} other {# livraisons}}',
  resend: 'Renvoyer',
  resent: 'Renvoyées : {count}. Reste : {left}.',
}
