import type { shell as english } from '../en/shell.ts'
import type { Like } from '../messages.ts'

export const shell: Like<typeof english> = {
  navigation: 'ניווט ראשי',
  skip: 'דילוג לתוכן',
  inbox: 'דואר נכנס',
  contacts: 'אנשי קשר',
  flows: 'תהליכים',
  runs: 'הרצות',
  settings: 'הגדרות',
  conversations: 'שיחות',
  waiting_for_people:
    '{count, plural, one {שיחה אחת ממתינה לנציג אנושי} two {שתי שיחות ממתינות לנציג אנושי} other {# שיחות ממתינות לנציג אנושי}}',
  command_bar: 'חיפוש ופקודות',
  command_placeholder: 'חיפוש אנשים, שיחות ופקודות',
  command_nothing: 'לא נמצאה התאמה. נסו שם, מספר או פעולה.',
  key_sheet: 'קיצורי מקלדת',
  group_conversation: 'שיחה',
  group_actions: 'בכל מקום',
  group_go: 'מעבר אל',
  group_preferences: 'העדפות',
  go_to: 'מעבר אל {place}',
  tenants: 'סביבות עבודה',
  sign_out: 'התנתקות',
  account_of: '{name}, {tenant}: חשבון והעדפות',
  use_theme: 'ערכת נושא: {theme}',
  use_language: 'שפה: {language}',
  offline: 'אתם לא מחוברים לרשת. אפשר לקרוא הכול ולכתוב; ההודעות יישלחו כשהחיבור יחזור.',
  reconnecting: 'החיבור נקטע. מתחברים מחדש.',
  waiting_to_send: '{count, plural, one {הודעה אחת ממתינה.} two {שתי הודעות ממתינות.} other {# הודעות ממתינות.}}',
}
