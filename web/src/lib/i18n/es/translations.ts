import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Textos',
  text: 'Diga cualquier cosa del producto con sus propias palabras. Se ve al instante, para todos en su espacio de trabajo.',
  search: 'Buscar un texto',
  only_own: 'Cambiados',
  as_it_is: 'tal cual',
  own_text: 'Su texto para {key}',
  reset: 'Volver al original',
  broken: 'Las llaves no se cierran, o se usa un valor que este texto no tiene.',
  mails: 'Correos y avisos',
  needs_link: 'Conserve {link}: para eso es este correo.',
  none: 'Ningún texto coincide',
  none_own: 'Aún no se ha cambiado ningún texto de este idioma.',
}
