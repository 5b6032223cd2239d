import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'מישהו',
  taken_over: '{self, select, yes {השיחה עברה מהבוט לטיפול של {by}} other {השיחה עברה מהבוט אל {person} על ידי {by}}}',
  assigned: '{self, select, yes {השיחה עברה לטיפול של {by}} other {השיחה שויכה אל {person} על ידי {by}}}',
  queued: 'השיחה ממתינה בתור',
  unassigned: 'השיחה הועברה לתור על ידי {by}',
  handed_back: 'השיחה הוחזרה לבוט על ידי {by}',
  'handed_over.requested': 'הבוט ביקש נציג אנושי{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'הבוט לא הבין את התשובות וביקש נציג אנושי',
  'handed_over.fault': 'הבוט נעצר בגלל שגיאה וביקש נציג אנושי',
  closed: 'השיחה נסגרה על ידי {by}: {reason}',
  reopened: 'השיחה נפתחה מחדש על ידי {by}',
  snoozed: 'השיחה הושהתה על ידי {by}',
  released: 'הודעות מעוכבות שוחררו על ידי {by}',
  reason_resolved: 'טופלה',
  reason_idle: 'אף אחד לא כתב עוד',
  number_changed: 'יש מספר טלפון חדש אצל {name}',
  identity_changed: 'קוד האבטחה של {name} השתנה',
  user_id_changed: 'התקבל מ־WhatsApp מזהה חדש עבור {name}',
  chat_opened: 'הצ׳אט נפתח על ידי {name}',
  other: 'הודעת מערכת מ־WhatsApp',
  edited: 'הודעה נערכה על ידי {name}: {text}',
  revoked: 'הודעה נמחקה על ידי {name}',
  permission_reply: 'תשובה לבקשה מאת {name}: {response}',
}
