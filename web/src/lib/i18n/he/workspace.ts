import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'כללי',
  text: 'איך קוראים לסביבת העבודה הזאת, ומתי שיחות מסתיימות.',
  about: 'סביבת העבודה',
  name: 'שם',
  language_text: 'של הודעות דוא״ל, ושל מה שאנשים חדשים רואים תחילה.',
  time_zone: 'אזור זמן',
  time_zone_text: 'תהליכים פועלים לפיו כשלאיש הקשר אין אזור משלו.',
  ends: 'מתי שיחות מסתיימות',
  ends_text: 'מה שממתין לנציג, או שנציג לקח, אף פעם לא מסתיים מעצמו.',
  idle: 'שעות של שקט עד שהבוט מסיים',
  idle_text: 'רק במקום שבו דיבר הבוט לבדו. 0 פירושו אף פעם.',
  reopen: 'שעות שבהן אפשר להמשיך אותה',
  reopen_text: 'מי שכותב בפרק הזמן הזה אחרי הסיום ממשיך באותה שיחה. 0 פירושו אף פעם: מתחילה שיחה חדשה.',
}
