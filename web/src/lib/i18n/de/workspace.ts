import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Allgemein',
  text: 'Wie dieser Arbeitsbereich heißt und wann Unterhaltungen enden.',
  about: 'Arbeitsbereich',
  name: 'Name',
  language_text: 'Für E-Mails und für das, was neue Personen zuerst sehen.',
  time_zone: 'Zeitzone',
  time_zone_text: 'Abläufe richten sich danach, wo ein Kontakt keine eigene hat.',
  ends: 'Wann Unterhaltungen enden',
  ends_text: 'Was auf Menschen wartet oder jemand übernommen hat, endet nie von selbst.',
  idle: 'Stunden Stille, bis der Bot sie beendet',
  idle_text: 'Nur wo allein der Bot gesprochen hat. 0 heißt nie.',
  reopen: 'Stunden, in denen sie weitergehen kann',
  reopen_text:
    'Wer in dieser Zeit nach dem Ende schreibt, setzt dieselbe Unterhaltung fort. 0 heißt nie: Eine neue beginnt.',
}
