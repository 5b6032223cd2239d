import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'Hii inahitajika.',
  invalid: 'Hii bado si sahihi.',
  invalid_type: 'Hii inahitajika.',
  email: 'Hii si anwani ya barua pepe.',
  url: 'Hii si anwani ya wavuti.',
  regex: 'Muundo huu si sahihi.',
  digits: 'Tarakimu tu, kama Meta inavyoonyesha.',
  too_small_text: '{minimum, plural, one {Angalau herufi #.} other {Angalau herufi #.}}',
  too_big_text: '{maximum, plural, one {Isizidi herufi #.} other {Isizidi herufi #.}}',
  too_small_number: 'Angalau {minimum}.',
  too_big_number: 'Isizidi {maximum}.',
  too_small: 'Hii ni fupi mno au ndogo mno.',
  too_big: 'Hii ni ndefu mno au kubwa mno.',
  invalid_format: 'Muundo huu si sahihi.',
  invalid_value: 'Hii si mojawapo ya chaguo.',
  invalid_union: 'Hii si mojawapo ya chaguo.',
  unknown_field: 'Sehemu hii haijulikani.',
  custom: 'Hii bado si sahihi.',
  wrong_code: 'Msimbo huu si sahihi. Misimbo hubadilika kila sekunde 30.',
  password_common: 'Hili ni mojawapo ya manenosiri ambayo wezi hujaribu kwanza. Chagua lingine.',
  password_personal: 'Hili linakaribia kuwa jina au anwani yako tu. Chagua lingine.',
  no_account: 'Hakuna mwenye akaunti ya anwani hii.',
  wrong_password: 'Hili si nenosiri lako la sasa.',
  taken: 'Tayari imechukuliwa.',
}
