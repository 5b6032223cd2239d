import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Chuja mazungumzo',
  title_on:
    '{count, plural, one {Chuja mazungumzo, kichujio # kimewashwa} other {Chuja mazungumzo, vichujio # vimewashwa}}',
  any: 'Yoyote',
  from: 'Yaliyoandikwa tangu',
  until: 'Hadi',
  channel: 'Chaneli',
  tag: 'Lebo ya mazungumzo au ya mwasiliani',
  field: 'Sehemu ya mwasiliani',
  value: 'Inasema nini',
  value_hint: 'Tupu: inasema chochote.',
  clear: 'Ondoa vichujio hivi',
  saved: 'Mionekano yako',
  view_name: 'Jina la mwonekano huu',
  save: 'Hifadhi',
  remove_view: 'Ondoa mwonekano {name}',
}
