import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Textes',
  text: 'Dites tout dans le produit avec vos propres mots. C’est visible aussitôt, pour tous dans votre espace de travail.',
  search: 'Chercher un texte',
  only_own: 'Modifiés',
  as_it_is: 'tel quel',
  own_text: 'Votre texte pour {key}',
  reset: 'Revenir à l’original',
  broken: 'Les accolades ne se ferment pas, ou une valeur que ce texte n’a pas est utilisée.',
  mails: 'E-mails et notifications',
  needs_link: 'Gardez {link} : c’est l’objet de cet e-mail.',
  none: 'Aucun texte ne correspond',
  none_own: 'Aucun texte de cette langue n’est encore modifié.',
}
