import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'שדה חובה.',
  invalid: 'זה עדיין לא תקין.',
  invalid_type: 'שדה חובה.',
  email: 'זו אינה כתובת דוא״ל.',
  url: 'זו אינה כתובת אינטרנט.',
  regex: 'המבנה אינו תקין.',
  digits: 'ספרות בלבד, כפי שמוצג ב־Meta.',
  too_small_text: '{minimum, plural, one {לפחות תו אחד.} two {לפחות שני תווים.} other {לפחות # תווים.}}',
  too_big_text: '{maximum, plural, one {לכל היותר תו אחד.} two {לכל היותר שני תווים.} other {לכל היותר # תווים.}}',
  too_small_number: 'לפחות {minimum}.',
  too_big_number: 'לכל היותר {maximum}.',
  too_small: 'זה קצר מדי או קטן מדי.',
  too_big: 'זה ארוך מדי או גדול מדי.',
  invalid_format: 'המבנה אינו תקין.',
  invalid_value: 'זו לא אחת האפשרויות.',
  invalid_union: 'זו לא אחת האפשרויות.',
  unknown_field: 'השדה הזה אינו מוכר.',
  custom: 'זה עדיין לא תקין.',
  wrong_code: 'הקוד אינו נכון. הקודים מתחלפים כל 30 שניות.',
  password_common: 'זו אחת הסיסמאות שגנבים מנסים קודם. בחרו אחרת.',
  password_personal: 'זה כמעט רק השם או הכתובת שלכם. בחרו סיסמה אחרת.',
  no_account: 'אין חשבון עם הכתובת הזו.',
  wrong_password: 'זו אינה הסיסמה הנוכחית שלכם.',
  taken: 'זה כבר תפוס.',
}
