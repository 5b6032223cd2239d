import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'النصوص',
  text: 'قل أي شيء في المنتج بكلماتك. يظهر فورًا لكل من في مساحة عملك.',
  search: 'ابحث عن نص',
  only_own: 'المغيّرة',
  as_it_is: 'كما هو',
  own_text: 'نصك لـ {key}',
  reset: 'العودة إلى الأصل',
  broken: 'الأقواس لا تُغلق، أو استُخدمت قيمة ليست في هذا النص.',
  mails: 'الرسائل والتنبيهات',
  needs_link: 'أبقِ {link}: فالرسالة من أجله.',
  none: 'لا نص يطابق',
  none_own: 'لم يُغيّر أي نص في هذه اللغة بعد.',
}
