import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'الخطط',
  text: 'ما يجوز للشركات استخدامه، وكم مرة يجوز لها أن تطلب.',
  figures_text: 'الرقم الفارغ هو رقم النظام ويظهر بالرمادي. ويسري التغيير فورًا على كل من لديه هذه الخطة.',
  key: 'المفتاح',
  key_text: 'للبرامج، ويبقى إلى الأبد. حروف صغيرة وأرقام و_.',
  own_figures: 'أرقام خاصة',
  monthly: 'كل شهر',
  rates_text: 'الطلبات في الدقيقة، 100 على الأقل.',
  new: 'خطة جديدة',
  new_text: 'تبدأ بأرقام النظام، ثم تغيّرها بعد ذلك.',
  default: 'افتراضية',
  default_text: 'تحصل الشركات الجديدة على هذه الخطة.',
  make_default: 'منحها للشركات الجديدة',
  retire: 'سحب',
  retired: 'مسحوبة',
  retire_title: 'سحب {name}؟',
  retire_text: 'لا تحصل عليها شركة أخرى بعد الآن. ومن لديه يحتفظ بها.',
  restore: 'إعادة',
}
