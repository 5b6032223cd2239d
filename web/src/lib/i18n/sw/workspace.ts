import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Ya jumla',
  text: 'Jina la eneo hili la kazi, na wakati mazungumzo yanapoisha.',
  about: 'Eneo la kazi',
  name: 'Jina',
  language_text: 'Ya barua pepe, na ya kile watu wapya wanachoona kwanza.',
  time_zone: 'Saa za eneo',
  time_zone_text: 'Mitiririko huifuata pale mwasiliani hana saa za eneo lake.',
  ends: 'Wakati mazungumzo yanapoisha',
  ends_text: 'Yanayosubiri mhudumu, au aliyoyachukua, hayaishi yenyewe kamwe.',
  idle: 'Saa za ukimya kabla roboti kuyamaliza',
  idle_text: 'Pale tu roboti peke yake ilipozungumza. 0 ni kamwe.',
  reopen: 'Saa ambazo yanaweza kuendelea',
  reopen_text:
    'Anayeandika ndani ya muda huu baada ya mwisho huendelea na mazungumzo yaleyale. 0 ni kamwe: mapya huanza.',
}
