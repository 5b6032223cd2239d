import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'شخص',
  taken_over: '{self, select, yes {تسلّم {by} المحادثة من البوت} other {أعطى {by} محادثة البوت إلى {person}}}',
  assigned: '{self, select, yes {تسلّم {by} المحادثة} other {أسند {by} المحادثة إلى {person}}}',
  queued: 'المحادثة تنتظر في قائمة الانتظار',
  unassigned: 'وضع {by} المحادثة في قائمة الانتظار',
  handed_back: 'أعاد {by} المحادثة إلى البوت',
  'handed_over.requested': 'طلب البوت شخصًا{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'لم يفهم البوت الإجابات فطلب شخصًا',
  'handed_over.fault': 'توقف البوت عند خطأ فطلب شخصًا',
  closed: 'أغلق {by} المحادثة: {reason}',
  reopened: 'أعاد {by} فتح المحادثة',
  snoozed: 'أجّل {by} المحادثة',
  released: 'أفرج {by} عن رسائل محجوزة',
  reason_resolved: 'حُلّت',
  reason_idle: 'لم يعد أحد يكتب',
  number_changed: 'لدى {name} رقم هاتف جديد',
  identity_changed: 'تغيّر رمز أمان {name}',
  user_id_changed: 'أعطى واتساب {name} معرّفًا جديدًا',
  chat_opened: 'فتح {name} المحادثة',
  other: 'إشعار من واتساب',
  edited: 'عدّل {name} رسالة: {text}',
  revoked: 'حذف {name} رسالة',
  permission_reply: 'أجاب {name} عن طلب: {response}',
}
