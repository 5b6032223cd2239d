import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'C’est nécessaire.',
  invalid: 'Ce n’est pas encore juste.',
  invalid_type: 'C’est nécessaire.',
  email: 'Ce n’est pas une adresse e-mail.',
  url: 'Ce n’est pas une adresse web.',
  regex: 'La forme n’est pas la bonne.',
  digits: 'Des chiffres seulement, comme Meta l’affiche.',
  too_small_text: 'Au moins {minimum, plural, one {# caractère} other {# caractères}}.',
  too_big_text: 'Au plus {maximum, plural, one {# caractère} other {# caractères}}.',
  too_small_number: 'Au moins {minimum}.',
  too_big_number: 'Au plus {maximum}.',
  too_small: 'C’est trop court ou trop petit.',
  too_big: 'C’est trop long ou trop grand.',
  invalid_format: 'La forme n’est pas la bonne.',
  invalid_value: 'Ce n’est pas un des choix.',
  invalid_union: 'Ce n’est pas un des choix.',
  unknown_field: 'Ce champ n’est pas connu.',
  custom: 'Ce n’est pas encore juste.',
  wrong_code: 'Ce code ne convient pas. Les codes changent toutes les 30 secondes.',
  password_common: 'C’est un des mots de passe que les voleurs essaient en premier. Choisissez-en un autre.',
  password_personal: 'Il ne dit guère plus que votre nom ou votre adresse. Choisissez-en un autre.',
  no_account: 'Personne n’a de compte avec cette adresse.',
  wrong_password: 'Ce n’est pas votre mot de passe actuel.',
  taken: 'C’est déjà pris.',
}
