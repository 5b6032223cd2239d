import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'טקסטים',
  text: 'נסחו כל טקסט במוצר במילים שלכם. השינוי מופיע מיד, לכולם בסביבת העבודה.',
  search: 'חיפוש טקסט',
  only_own: 'ששונו',
  as_it_is: 'ללא שינוי',
  own_text: 'הטקסט שלכם עבור {key}',
  reset: 'חזרה למקור',
  broken: 'הסוגריים המסולסלים אינם סגורים, או שיש ערך שאין בטקסט הזה.',
  mails: 'מיילים והתראות',
  needs_link: 'השאירו את {link}: בשבילו המייל הזה.',
  none: 'אין טקסט תואם',
  none_own: 'עדיין לא שונה אף טקסט בשפה הזו.',
}
