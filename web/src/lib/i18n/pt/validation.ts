import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'Isto é necessário.',
  invalid: 'Isto ainda não está certo.',
  invalid_type: 'Isto é necessário.',
  email: 'Isto não é um endereço de e-mail.',
  url: 'Isto não é um endereço web.',
  regex: 'Isto não tem a forma certa.',
  digits: 'Só dígitos, como a Meta mostra.',
  too_small_text: 'Pelo menos {minimum, plural, one {# caractere} other {# caracteres}}.',
  too_big_text: 'No máximo {maximum, plural, one {# caractere} other {# caracteres}}.',
  too_small_number: 'Pelo menos {minimum}.',
  too_big_number: 'No máximo {maximum}.',
  too_small: 'Isto é curto ou pequeno demais.',
  too_big: 'Isto é longo ou grande demais.',
  invalid_format: 'Isto não tem a forma certa.',
  invalid_value: 'Isto não é uma das opções.',
  invalid_union: 'Isto não é uma das opções.',
  unknown_field: 'Este campo não é conhecido.',
  custom: 'Isto ainda não está certo.',
  wrong_code: 'Este código não confere. Os códigos mudam a cada 30 segundos.',
  password_common: 'É uma das senhas que os ladrões tentam primeiro. Escolha outra.',
  password_personal: 'Diz pouco mais que seu nome ou endereço. Escolha outra.',
  no_account: 'Ninguém tem uma conta com este endereço.',
  wrong_password: 'Esta não é sua senha atual.',
  taken: 'Isto já está em uso.',
}
