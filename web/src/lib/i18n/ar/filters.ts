import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'تصفية المحادثات',
  title_on:
    '{count, plural, zero {تصفية المحادثات} one {تصفية المحادثات، مرشّح واحد} two {تصفية المحادثات، مرشّحان} few {تصفية المحادثات، # مرشّحات} many {تصفية المحادثات، # مرشّحًا} other {تصفية المحادثات، # مرشّح}}',
  any: 'الكل',
  from: 'كُتبت منذ',
  until: 'حتى',
  channel: 'القناة',
  tag: 'وسم المحادثة أو جهة الاتصال',
  field: 'حقل جهة الاتصال',
  value: 'ما يقوله',
  value_hint: 'فارغ: يقول أي شيء.',
  clear: 'مسح هذه المرشّحات',
  saved: 'عروضك',
  view_name: 'اسم هذا العرض',
  save: 'حفظ',
  remove_view: 'إزالة العرض {name}',
}
