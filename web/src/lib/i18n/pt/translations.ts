import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Textos',
  text: 'Diga qualquer coisa do produto com suas próprias palavras. Aparece na hora, para todos no seu espaço de trabalho.',
  search: 'Buscar um texto',
  only_own: 'Alterados',
  as_it_is: 'como está',
  own_text: 'Seu texto para {key}',
  reset: 'Voltar ao original',
  broken: 'As chaves não se fecham, ou é usado um valor que este texto não tem.',
  mails: 'E-mails e notificações',
  needs_link: 'Mantenha {link}: é para isso que este e-mail existe.',
  none: 'Nenhum texto corresponde',
  none_own: 'Nenhum texto deste idioma foi alterado ainda.',
}
