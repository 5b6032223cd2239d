import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'बातचीत फ़िल्टर करें',
  title_on: '{count, plural, one {बातचीत फ़िल्टर करें, # फ़िल्टर चालू} other {बातचीत फ़िल्टर करें, # फ़िल्टर चालू}}',
  any: 'कोई भी',
  from: 'इस दिन से लिखी गई',
  until: 'इस दिन तक',
  channel: 'चैनल',
  tag: 'बातचीत या उसके संपर्क का टैग',
  field: 'संपर्क का फ़ील्ड',
  value: 'उसमें क्या लिखा है',
  value_hint: 'खाली: कुछ भी लिखा हो।',
  clear: 'ये फ़िल्टर हटाएँ',
  saved: 'आपके व्यू',
  view_name: 'इस व्यू का नाम',
  save: 'सेव करें',
  remove_view: 'व्यू {name} हटाएँ',
}
