import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'תמונה',
  'preview.video': 'סרטון',
  'preview.audio': 'אודיו',
  'preview.voice': 'הודעה קולית',
  'preview.document': 'מסמך',
  'preview.sticker': 'מדבקה',
  'preview.location': 'מיקום',
  'preview.contacts': 'כרטיס איש קשר',
  'preview.reaction': 'תגובה באמוג׳י',
  'preview.reaction_removed': 'תגובה הוסרה',
  'preview.location_request': 'בקשת מיקום',
  'preview.template': 'תבנית',
  'preview.form_reply': 'טופס מולא',
  'preview.permission_reply': 'תשובה לבקשה',
  'preview.order': 'הזמנה',
  'preview.system': 'הודעת מערכת',
  'preview.edit': 'נערכה',
  'preview.revoke': 'הודעה נמחקה',
  'preview.unsupported': 'הודעה שלא ניתן להציג',
}
