import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'عام',
  text: 'اسم مساحة العمل هذه، ومتى تنتهي المحادثات.',
  about: 'مساحة العمل',
  name: 'الاسم',
  language_text: 'للبريد، ولما يراه الأشخاص الجدد أولًا.',
  time_zone: 'المنطقة الزمنية',
  time_zone_text: 'تتبعها المسارات حين لا تكون لجهة الاتصال منطقة خاصة.',
  ends: 'متى تنتهي المحادثات',
  ends_text: 'ما ينتظر شخصًا أو تسلّمه شخص لا ينتهي من نفسه أبدًا.',
  idle: 'ساعات الصمت قبل أن ينهيها البوت',
  idle_text: 'فقط حيث تحدّث البوت وحده. و0 تعني أبدًا.',
  reopen: 'الساعات التي يمكن أن تُستأنف فيها',
  reopen_text: 'من يكتب خلال هذه المدة بعد النهاية يواصل المحادثة نفسها. و0 تعني أبدًا: تبدأ محادثة جديدة.',
}
