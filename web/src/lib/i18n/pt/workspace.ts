import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Geral',
  text: 'Como este espaço de trabalho se chama e quando as conversas terminam.',
  about: 'Espaço de trabalho',
  name: 'Nome',
  language_text: 'Dos e-mails e do que pessoas novas veem primeiro.',
  time_zone: 'Fuso horário',
  time_zone_text: 'Os fluxos seguem este fuso quando o contato não tem um próprio.',
  ends: 'Quando as conversas terminam',
  ends_text: 'O que espera por uma pessoa, ou já tem uma, nunca termina sozinho.',
  idle: 'Horas de silêncio até o bot terminá-la',
  idle_text: 'Só onde apenas o bot falou. 0 é nunca.',
  reopen: 'Horas em que pode continuar',
  reopen_text: 'Quem escreve dentro deste tempo após o fim continua na mesma conversa. 0 é nunca: começa outra.',
}
