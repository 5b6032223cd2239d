import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'Das wird gebraucht.',
  invalid: 'Das stimmt noch nicht.',
  invalid_type: 'Das wird gebraucht.',
  email: 'Das ist keine E-Mail-Adresse.',
  url: 'Das ist keine Webadresse.',
  regex: 'Das hat nicht die richtige Form.',
  digits: 'Nur Ziffern, wie Meta sie zeigt.',
  too_small_text: 'Mindestens {minimum, plural, one {# Zeichen} other {# Zeichen}}.',
  too_big_text: 'Höchstens {maximum, plural, one {# Zeichen} other {# Zeichen}}.',
  too_small_number: 'Mindestens {minimum}.',
  too_big_number: 'Höchstens {maximum}.',
  too_small: 'Das ist zu kurz oder zu klein.',
  too_big: 'Das ist zu lang oder zu groß.',
  invalid_format: 'Das hat nicht die richtige Form.',
  invalid_value: 'Das steht nicht zur Wahl.',
  invalid_union: 'Das steht nicht zur Wahl.',
  unknown_field: 'Dieses Feld ist nicht bekannt.',
  custom: 'Das stimmt noch nicht.',
  wrong_code: 'Dieser Code passt nicht. Codes wechseln alle 30 Sekunden.',
  password_common: 'Das ist eins der Passwörter, die Diebe zuerst versuchen. Wählen Sie ein anderes.',
  password_personal: 'Das sagt wenig mehr als Ihr Name oder Ihre Adresse. Wählen Sie ein anderes.',
  no_account: 'Niemand hat ein Konto mit dieser Adresse.',
  wrong_password: 'Das ist nicht Ihr jetziges Passwort.',
  taken: 'Das ist schon vergeben.',
}
