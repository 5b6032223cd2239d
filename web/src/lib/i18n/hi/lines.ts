import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'किसी',
  taken_over: '{self, select, yes {{by} ने बॉट से बातचीत संभाली} other {{by} ने बॉट की बातचीत {person} को दी}}',
  assigned: '{self, select, yes {{by} ने बातचीत ली} other {{by} ने बातचीत {person} को सौंपी}}',
  queued: 'बातचीत कतार में इंतज़ार कर रही है',
  unassigned: '{by} ने बातचीत कतार में रखी',
  handed_back: '{by} ने बातचीत बॉट को लौटाई',
  'handed_over.requested': 'बॉट ने टीम को बुलाया{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'बॉट जवाब नहीं समझा और उसने टीम को बुलाया',
  'handed_over.fault': 'बॉट एक गड़बड़ी पर रुका और उसने टीम को बुलाया',
  closed: '{by} ने बातचीत बंद की: {reason}',
  reopened: '{by} ने बातचीत फिर से खोली',
  snoozed: '{by} ने बातचीत स्नूज़ की',
  released: '{by} ने रोके गए मैसेज आने दिए',
  reason_resolved: 'समाधान हो गया',
  reason_idle: 'फिर किसी ने नहीं लिखा',
  number_changed: '{name} का फ़ोन नंबर बदल गया है',
  identity_changed: '{name} का सुरक्षा कोड बदल गया है',
  user_id_changed: 'WhatsApp ने {name} को नई आईडी दी',
  chat_opened: '{name} ने चैट खोली',
  other: 'WhatsApp की ओर से नोटिस',
  edited: '{name} ने मैसेज बदला: {text}',
  revoked: '{name} ने मैसेज हटाया',
  permission_reply: '{name} ने अनुरोध का जवाब दिया: {response}',
}
