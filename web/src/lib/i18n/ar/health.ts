import type { health as english } from '../en/health.ts'
import type { Like } from '../messages.ts'

export const health: Like<typeof english> = {
  well: 'كل شيء يعمل.',
  trouble: 'يحتاج إلى نظرة: {parts}',
  processes: 'العمليات',
  process_api: 'التطبيق وAPI',
  process_api_text: 'يخدم الأشخاص والبرامج والخطافات',
  process_dispatcher: 'الموزّع',
  process_dispatcher_text: 'يأخذ ما يصل ويوزّع ما حان وقته',
  process_worker: 'العامل',
  process_worker_text: 'يشغّل المحادثات والمسارات ويرسل',
  state_up: 'يعمل',
  state_stalled: 'متوقف',
  state_down: 'معطّل',
  state_unknown: 'غير معروف',
  up_count:
    '{count, plural, zero {لا عمليات} one {عملية واحدة} two {عمليتان} few {# عمليات} many {# عملية} other {# عملية}}',
  last_heard: 'آخر إشارة {when}',
  never_heard: 'لا يُسمع أحد',
  stalled: 'متوقف: {names}',
  unattended: 'لا أحد يعمل على: {names}',
  queue_unhandled: 'رسائل لم يأخذها أحد',
  storage: 'تخزين الملفات',
  free: '{size} متاحة',
  mail: 'خادم البريد',
  dead_events: 'أحداث تُركت',
  dead_events_text: 'لم يستطع جزء من النظام التصرف بها في ثماني محاولات. ما تقوله يبقى عند شركتها.',
  dead_events_none: 'لم يُترك أي حدث.',
  event_retried: 'تجري المحاولة من جديد.',
  failed_deliveries: 'خطافات تُركت',
  failed_deliveries_text: 'لم تقبلها عناوين الشركات. عند إعادة إرسالها تصل بالمعرّفات نفسها، 500 في المرة.',
  failed_deliveries_none: 'لم يُترك أي تسليم.',
  failed_count:
    '{count, plural, zero {لا تسليمات} one {تسليم واحد} two {تسليمان} few {# تسليمات} many {# تسليمًا} other {# تسليم}}',
  resend: 'إعادة الإرسال',
  resent: 'أُعيد إرسال: {count}. الباقي: {left}.',
}
