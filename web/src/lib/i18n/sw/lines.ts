import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'mtu fulani',
  taken_over:
    '{self, select, yes {{by} alichukua mazungumzo kutoka kwa roboti} other {{by} alimpa {person} mazungumzo ya roboti}}',
  assigned: '{self, select, yes {{by} alichukua mazungumzo} other {{by} alimkabidhi {person} mazungumzo}}',
  queued: 'Mazungumzo yanasubiri kwenye foleni',
  unassigned: '{by} aliweka mazungumzo kwenye foleni',
  handed_back: '{by} alirudisha mazungumzo kwa roboti',
  'handed_over.requested': 'Roboti iliomba mhudumu{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'Roboti haikuelewa majibu na iliomba mhudumu',
  'handed_over.fault': 'Roboti ilisimama kwenye hitilafu na iliomba mhudumu',
  closed: '{by} alifunga mazungumzo: {reason}',
  reopened: '{by} alifungua mazungumzo tena',
  snoozed: '{by} aliahirisha mazungumzo',
  released: '{by} aliachilia ujumbe uliozuiliwa',
  reason_resolved: 'yametatuliwa',
  reason_idle: 'hakuna aliyeandika tena',
  number_changed: '{name} ana nambari mpya ya simu',
  identity_changed: 'Msimbo wa usalama wa {name} umebadilika',
  user_id_changed: 'WhatsApp ilimpa {name} ID mpya',
  chat_opened: '{name} alifungua gumzo',
  other: 'Taarifa kutoka WhatsApp',
  edited: '{name} alihariri ujumbe: {text}',
  revoked: '{name} alifuta ujumbe',
  permission_reply: '{name} alijibu ombi: {response}',
}
