import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Maandishi',
  text: 'Andika chochote kwenye bidhaa hii kwa maneno yako. Huonekana mara moja, kwa kila mtu katika eneo lako la kazi.',
  search: 'Tafuta maandishi',
  only_own: 'Yaliyobadilishwa',
  as_it_is: 'kama yalivyo',
  own_text: 'Maandishi yako ya {key}',
  reset: 'Rudisha ya awali',
  broken: 'Mabano hayajafungwa, au kuna thamani isiyo ya maandishi haya.',
  mails: 'Barua na arifa',
  needs_link: 'Acha {link}: ndiyo sababu ya barua hii.',
  none: 'Hakuna maandishi yanayolingana',
  none_own: 'Hakuna maandishi ya lugha hii yaliyobadilishwa bado.',
}
