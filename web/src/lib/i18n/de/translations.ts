import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Texte',
  text: 'Sagen Sie alles im Produkt mit Ihren eigenen Worten. Es zeigt sich sofort, für alle in Ihrem Arbeitsbereich.',
  search: 'Text suchen',
  only_own: 'Geänderte',
  as_it_is: 'wie er ist',
  own_text: 'Ihr Text für {key}',
  reset: 'Zurück zum Original',
  broken: 'Die Klammern schließen nicht, oder es wird ein Wert benutzt, den dieser Text nicht hat.',
  mails: 'Mails und Push',
  needs_link: 'Behalten Sie {link}: Dafür ist diese Mail da.',
  none: 'Kein Text passt',
  none_own: 'Noch ist kein Text dieser Sprache geändert.',
}
