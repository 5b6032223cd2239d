import type { MailTexts } from '../texts.ts'

export const he: MailTexts = {
  'mails.reset.subject': 'בחירת סיסמה חדשה',
  'mails.reset.text':
    'שלום {name},\n\nהתקבלה בקשה לסיסמה חדשה עבור הכתובת הזו. כדי לבחור אותה, פתחו את הקישור בתוך שעה:\n\n{link}\n\n' +
    'אם הבקשה לא הגיעה מכם, שום דבר לא השתנה ואין צורך לעשות דבר.\n',
  'mails.invitation.subject': 'הזמנה אל {tenant}',
  'mails.invitation.text':
    'שלום,\n\nקיבלתם מאת {inviter} הזמנה לעבוד ב־{tenant} עם Holdfast. כדי לקבל אותה, פתחו את הקישור בתוך שבעה ימים:\n\n' +
    '{link}\n',
  'mails.sign_in.subject': 'התחברות חדשה לחשבון שלכם',
  'mails.sign_in.text':
    'שלום {name},\n\nבוצעה התחברות לחשבון שלכם ממכשיר שלא ראינו קודם:\n\n{device}\n{address}\n{at}\n\n' +
    'אם אלה הייתם אתם, אין צורך לעשות דבר. אם לא, נתקו את המכשיר ושנו את הסיסמה:\n\n{link}\n',
  'notices.conversation_assigned': 'השיחה עם {title} שויכה אליכם',
  'notices.conversation_waiting': 'הודעה חדשה מאת {title}',
  'notices.contact_blocked': 'יותר מדי הודעות בבת אחת מאת {title}, והן מעוכבות',
  'notices.message_failed': 'ההודעה שלכם אל {title} לא הגיעה',
  'notices.channel_needs_attention': 'הערוץ {title} דורש את תשומת ליבכם',
  'notices.run_failed': 'הרצה של {title} נכשלה',
  'notices.member_joined': 'עכשיו גם {title} בצוות שלכם',
  'notices.quota_nearly_used': 'אחת ממגבלות התוכנית שלכם כמעט נוצלה',
  'notices.quota_used': 'אחת ממגבלות התוכנית שלכם נוצלה במלואה',
  'notices.webhook_failing': 'Webhook {title} אינו מגיב',
  'notices.webhook_disabled': 'Webhook {title} כובה',
  'notices.diagnostics_failing': 'הבדיקה היומית של סביבת העבודה שלכם מצאה בעיה',
  'notices.diagnostics_well': 'הבדיקה היומית של סביבת העבודה שלכם שוב תקינה',
  'notices.other': 'יש חדש: {title}',
  'notices.many': '{count} דברים מחכים לכם',
  'notices.mail':
    'שלום {name},\n\nזה מה שמחכה לכם ב־{tenant}:\n\n{lines}\n\n{link}\n\nעל מה תקבלו התראה, ואיך, בוחרים כאן:\n\n{settings}\n',
}
