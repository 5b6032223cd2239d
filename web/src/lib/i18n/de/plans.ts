import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Tarife',
  text: 'Was Mandanten verbrauchen dürfen und wie oft sie fragen dürfen.',
  figures_text:
    'Eine leere Zahl ist die des Hauses, grau gezeigt. Eine Änderung gilt sofort für alle, die diesen Tarif haben.',
  key: 'Schlüssel',
  key_text: 'Für Programme; er bleibt für immer. Kleinbuchstaben, Ziffern und _.',
  own_figures: 'Eigene Zahlen',
  monthly: 'Jeden Monat',
  rates_text: 'Anfragen in der Minute, mindestens 100.',
  new: 'Neuer Tarif',
  new_text: 'Er beginnt mit den Zahlen des Hauses; danach ändern Sie sie.',
  default: 'Vorgabe',
  default_text: 'Neue Mandanten bekommen diesen Tarif.',
  make_default: 'Neuen Mandanten geben',
  retire: 'Zurückziehen',
  retired: 'Zurückgezogen',
  retire_title: '{name} zurückziehen?',
  retire_text: 'Kein anderer Mandant bekommt ihn mehr. Wer ihn hat, behält ihn.',
  restore: 'Zurückholen',
}
