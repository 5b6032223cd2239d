import type { settings as english } from '../en/settings.ts'
import type { Like } from '../messages.ts'

export const settings: Like<typeof english> = {
  group_you: 'أنت',
  group_workspace: 'مساحة العمل',
  profile: 'الملف الشخصي',
  appearance: 'اللغة والمظهر',
  who_you_are: 'من أنت',
  email_text: 'تسجّل الدخول بهذا العنوان.',
  availability: 'التوفر',
  availability_text: 'تُعطى المحادثات الجديدة للمتصلين فقط. «مشغول» يُبقي ما لديك ولا يجلب جديدًا.',
  sessions: 'أين سجّلت الدخول',
  sessions_text: 'أنهِ ما لا تعرفه ثم غيّر كلمة مرورك.',
  this_device: 'هذا',
  unknown_device: 'جهاز غير معروف',
  end_session: 'تسجيل الخروج هناك',
  language: 'اللغة',
  language_text: 'لكل القوائم والأزرار ورسائل المنتج. ما يقرؤه عملاؤك لا يتغير.',
  theme: 'المظهر',
  theme_system: 'كالنظام',
  theme_light: 'فاتح',
  theme_dark: 'داكن',
  density: 'الكثافة',
  density_text: 'المتراص يعرض نحو ربع صفوف أكثر.',
  comfortable: 'مريح',
  compact_short: 'متراص',
  compact: 'صفوف متراصة',
}
