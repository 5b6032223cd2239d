import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Picha',
  'preview.video': 'Video',
  'preview.audio': 'Sauti',
  'preview.voice': 'Ujumbe wa sauti',
  'preview.document': 'Hati',
  'preview.sticker': 'Kibandiko',
  'preview.location': 'Mahali',
  'preview.contacts': 'Kadi ya mwasiliani',
  'preview.reaction': 'Alitoa hisia',
  'preview.reaction_removed': 'Aliondoa hisia',
  'preview.location_request': 'Aliomba mahali',
  'preview.template': 'Kiolezo',
  'preview.form_reply': 'Fomu imejazwa',
  'preview.permission_reply': 'Alijibu ombi',
  'preview.order': 'Oda',
  'preview.system': 'Taarifa',
  'preview.edit': 'Umehaririwa',
  'preview.revoke': 'Alifuta ujumbe',
  'preview.unsupported': 'Ujumbe usioweza kuonyeshwa',
}
