import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'Esto es necesario.',
  invalid: 'Esto aún no está bien.',
  invalid_type: 'Esto es necesario.',
  email: 'Esto no es una dirección de correo.',
  url: 'Esto no es una dirección web.',
  regex: 'Esto no tiene la forma correcta.',
  digits: 'Solo dígitos, como lo muestra Meta.',
  too_small_text: 'Al menos {minimum, plural, one {# carácter} other {# caracteres}}.',
  too_big_text: 'Como máximo {maximum, plural, one {# carácter} other {# caracteres}}.',
  too_small_number: 'Al menos {minimum}.',
  too_big_number: 'Como máximo {maximum}.',
  too_small: 'Esto es demasiado corto o pequeño.',
  too_big: 'Esto es demasiado largo o grande.',
  invalid_format: 'Esto no tiene la forma correcta.',
  invalid_value: 'Esto no es una de las opciones.',
  invalid_union: 'Esto no es una de las opciones.',
  unknown_field: 'Este campo no se conoce.',
  custom: 'Esto aún no está bien.',
  wrong_code: 'Este código no es válido. Los códigos cambian cada 30 segundos.',
  password_common: 'Es una de las contraseñas que los ladrones prueban primero. Elija otra.',
  password_personal: 'Dice poco más que su nombre o dirección. Elija otra.',
  no_account: 'Nadie tiene una cuenta con esta dirección.',
  wrong_password: 'Esta no es su contraseña actual.',
  taken: 'Esto ya está ocupado.',
}
