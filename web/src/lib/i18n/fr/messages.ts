import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Photo',
  'preview.video': 'Vidéo',
  'preview.audio': 'Audio',
  'preview.voice': 'Message vocal',
  'preview.document': 'Document',
  'preview.sticker': 'Sticker',
  'preview.location': 'Position',
  'preview.contacts': 'Fiche de contact',
  'preview.reaction': 'A réagi',
  'preview.reaction_removed': 'A retiré une réaction',
  'preview.location_request': 'A demandé la position',
  'preview.template': 'Modèle',
  'preview.form_reply': 'Formulaire rempli',
  'preview.permission_reply': 'A répondu à une demande',
  'preview.order': 'Commande',
  'preview.system': 'Avis',
  'preview.edit': 'Modifié',
  'preview.revoke': 'A supprimé un message',
  'preview.unsupported': 'Message qui ne peut pas être affiché',
}
