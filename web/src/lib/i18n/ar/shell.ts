import type { shell as english } from '../en/shell.ts'
import type { Like } from '../messages.ts'

export const shell: Like<typeof english> = {
  navigation: 'التنقل الرئيسي',
  skip: 'انتقل إلى المحتوى',
  inbox: 'الوارد',
  contacts: 'جهات الاتصال',
  flows: 'المسارات',
  runs: 'التشغيلات',
  settings: 'الإعدادات',
  conversations: 'المحادثات',
  waiting_for_people:
    '{count, plural, zero {لا محادثة تنتظر شخصًا} one {محادثة واحدة تنتظر شخصًا} two {محادثتان تنتظران شخصًا} few {# محادثات تنتظر شخصًا} many {# محادثة تنتظر شخصًا} other {# محادثة تنتظر شخصًا}}',
  command_bar: 'البحث والأوامر',
  command_placeholder: 'ابحث عن أشخاص أو محادثات أو أوامر',
  command_nothing: 'لا شيء يطابق. جرّب اسمًا أو رقمًا أو فعلًا.',
  key_sheet: 'اختصارات لوحة المفاتيح',
  group_conversation: 'المحادثة',
  group_actions: 'في كل مكان',
  group_go: 'انتقل إلى',
  group_preferences: 'التفضيلات',
  go_to: 'انتقل إلى {place}',
  tenants: 'مساحات العمل',
  sign_out: 'تسجيل الخروج',
  account_of: '{name}، {tenant}: الحساب والتفضيلات',
  use_theme: 'المظهر: {theme}',
  use_language: 'اللغة: {language}',
  offline: 'أنت غير متصل. يمكنك قراءة كل شيء والكتابة، ويُرسل عند عودة الاتصال.',
  reconnecting: 'انقطع الاتصال. نعيد الاتصال الآن.',
  waiting_to_send:
    '{count, plural, zero {لا رسائل تنتظر.} one {رسالة واحدة تنتظر.} two {رسالتان تنتظران.} few {# رسائل تنتظر.} many {# رسالة تنتظر.} other {# رسالة تنتظر.}}',
}
