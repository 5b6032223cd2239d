import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'תוכניות',
  text: 'במה עסקים יכולים להשתמש, וכמה פעמים הם יכולים לפנות.',
  figures_text: 'מספר ריק הוא ברירת המחדל של המערכת, באפור. שינוי חל מיד על כל מי שיש לו התוכנית הזאת.',
  key: 'מפתח',
  key_text: 'לתוכנות; נשאר לתמיד. אותיות קטנות, ספרות ו־_.',
  own_figures: 'מספרים משלה',
  monthly: 'בכל חודש',
  rates_text: 'בקשות בדקה, לפחות 100.',
  new: 'תוכנית חדשה',
  new_text: 'היא מתחילה במספרי ברירת המחדל; אחר כך משנים אותם.',
  default: 'ברירת מחדל',
  default_text: 'עסקים חדשים מקבלים את התוכנית הזאת.',
  make_default: 'לתת לעסקים חדשים',
  retire: 'הוצאה משימוש',
  retired: 'לא בשימוש',
  retire_title: 'להוציא את {name} משימוש?',
  retire_text: 'אף עסק אחר לא יקבל אותה. למי שיש אותה, היא נשארת.',
  restore: 'החזרה לשימוש',
}
