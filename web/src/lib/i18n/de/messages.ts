import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Foto',
  'preview.video': 'Video',
  'preview.audio': 'Audio',
  'preview.voice': 'Sprachnachricht',
  'preview.document': 'Dokument',
  'preview.sticker': 'Sticker',
  'preview.location': 'Standort',
  'preview.contacts': 'Kontaktkarte',
  'preview.reaction': 'Hat reagiert',
  'preview.reaction_removed': 'Hat eine Reaktion entfernt',
  'preview.location_request': 'Nach dem Standort gefragt',
  'preview.template': 'Vorlage',
  'preview.form_reply': 'Formular ausgefüllt',
  'preview.permission_reply': 'Auf eine Anfrage geantwortet',
  'preview.order': 'Bestellung',
  'preview.system': 'Hinweis',
  'preview.edit': 'Bearbeitet',
  'preview.revoke': 'Hat eine Nachricht gelöscht',
  'preview.unsupported': 'Nicht darstellbare Nachricht',
}
