import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Forfaits',
  text: 'Ce que les entreprises peuvent utiliser, et à quel rythme.',
  figures_text:
    'Un chiffre vide est celui de la maison, montré en gris. Un changement vaut aussitôt pour tous ceux qui ont ce forfait.',
  key: 'Clé',
  key_text: 'Pour les programmes, à jamais. Minuscules, chiffres et _.',
  own_figures: 'Chiffres propres',
  monthly: 'Chaque mois',
  rates_text: 'Requêtes par minute, 100 au moins.',
  new: 'Nouveau forfait',
  new_text: 'Il commence par les chiffres de la maison ; vous les changez ensuite.',
  default: 'Par défaut',
  default_text: 'Les nouvelles entreprises ont ce forfait.',
  make_default: 'Donner aux nouvelles entreprises',
  retire: 'Retirer',
  retired: 'Retiré',
  retire_title: 'Retirer {name} ?',
  retire_text: 'Plus aucune autre entreprise ne le reçoit. Qui l’a le garde.',
  restore: 'Remettre',
}
