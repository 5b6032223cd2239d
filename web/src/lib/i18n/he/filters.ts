import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'סינון שיחות',
  title_on:
    '{count, plural, one {סינון שיחות, מסנן אחד פעיל} two {סינון שיחות, שני מסננים פעילים} other {סינון שיחות, # מסננים פעילים}}',
  any: 'הכול',
  from: 'נכתבו מאז',
  until: 'עד',
  channel: 'ערוץ',
  tag: 'תגית של השיחה או של איש הקשר',
  field: 'שדה של איש הקשר',
  value: 'הערך בו',
  value_hint: 'ריק: כל ערך.',
  clear: 'ניקוי המסננים',
  saved: 'התצוגות שלכם',
  view_name: 'שם התצוגה',
  save: 'שמירה',
  remove_view: 'הסרת התצוגה {name}',
}
