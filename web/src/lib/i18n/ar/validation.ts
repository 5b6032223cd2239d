import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'هذا مطلوب.',
  invalid: 'هذا غير صحيح بعد.',
  invalid_type: 'هذا مطلوب.',
  email: 'هذا ليس عنوان بريد إلكتروني.',
  url: 'هذا ليس عنوان ويب.',
  regex: 'الصيغة غير صحيحة.',
  digits: 'أرقام فقط، كما تعرضها ميتا.',
  too_small_text:
    '{minimum, plural, zero {لا حروف} one {حرف واحد على الأقل} two {حرفان على الأقل} few {# أحرف على الأقل} many {# حرفًا على الأقل} other {# حرف على الأقل}}.',
  too_big_text:
    '{maximum, plural, zero {لا حروف} one {حرف واحد على الأكثر} two {حرفان على الأكثر} few {# أحرف على الأكثر} many {# حرفًا على الأكثر} other {# حرف على الأكثر}}.',
  too_small_number: '{minimum} على الأقل.',
  too_big_number: '{maximum} على الأكثر.',
  too_small: 'هذا قصير أو صغير جدًا.',
  too_big: 'هذا طويل أو كبير جدًا.',
  invalid_format: 'الصيغة غير صحيحة.',
  invalid_value: 'هذا ليس من الخيارات.',
  invalid_union: 'هذا ليس من الخيارات.',
  unknown_field: 'هذا الحقل غير معروف.',
  custom: 'هذا غير صحيح بعد.',
  wrong_code: 'هذا الرمز غير صحيح. تتغير الرموز كل 30 ثانية.',
  password_common: 'هذه من كلمات المرور التي يجربها اللصوص أولًا. اختر غيرها.',
  password_personal: 'هذه لا تقول أكثر من اسمك أو عنوانك. اختر غيرها.',
  no_account: 'لا أحد لديه حساب بهذا العنوان.',
  unsayable: 'أغلق كل قوس، وأعطِ كل جمع الحالة «other».',
  link_lost: 'تحتفظ الرسالة بمكان رابطها.',
  wrong_password: 'هذه ليست كلمة مرورك الحالية.',
  taken: 'هذا مستخدم بالفعل.',
}
