import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'صورة',
  'preview.video': 'فيديو',
  'preview.audio': 'صوت',
  'preview.voice': 'رسالة صوتية',
  'preview.document': 'مستند',
  'preview.sticker': 'ملصق',
  'preview.location': 'موقع',
  'preview.contacts': 'بطاقة جهة اتصال',
  'preview.reaction': 'تفاعل',
  'preview.reaction_removed': 'أزال تفاعلًا',
  'preview.location_request': 'طلب الموقع',
  'preview.template': 'قالب',
  'preview.form_reply': 'أُجيب عن النموذج',
  'preview.permission_reply': 'أُجيب عن طلب',
  'preview.order': 'طلبية',
  'preview.system': 'إشعار',
  'preview.edit': 'عُدّلت',
  'preview.revoke': 'حذف رسالة',
  'preview.unsupported': 'رسالة لا يمكن عرضها',
}
