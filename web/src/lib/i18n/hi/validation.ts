import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'यह ज़रूरी है।',
  invalid: 'यह अभी सही नहीं है।',
  invalid_type: 'यह ज़रूरी है।',
  email: 'यह ईमेल पता नहीं है।',
  url: 'यह वेब पता नहीं है।',
  regex: 'इसका रूप सही नहीं है।',
  digits: 'सिर्फ़ अंक, जैसे Meta दिखाता है।',
  too_small_text: '{minimum, plural, one {कम से कम # अक्षर।} other {कम से कम # अक्षर।}}',
  too_big_text: '{maximum, plural, one {ज़्यादा से ज़्यादा # अक्षर।} other {ज़्यादा से ज़्यादा # अक्षर।}}',
  too_small_number: 'कम से कम {minimum}।',
  too_big_number: 'ज़्यादा से ज़्यादा {maximum}।',
  too_small: 'यह बहुत छोटा या कम है।',
  too_big: 'यह बहुत लंबा या बड़ा है।',
  invalid_format: 'इसका रूप सही नहीं है।',
  invalid_value: 'यह विकल्पों में से नहीं है।',
  invalid_union: 'यह विकल्पों में से नहीं है।',
  unknown_field: 'यह फ़ील्ड मौजूद नहीं है।',
  custom: 'यह अभी सही नहीं है।',
  wrong_code: 'यह कोड सही नहीं है। कोड हर 30 सेकंड में बदलते हैं।',
  password_common: 'यह उन पासवर्ड में से है जिन्हें चोर सबसे पहले आज़माते हैं। दूसरा चुनें।',
  password_personal: 'यह लगभग आपका नाम या पता ही है। दूसरा चुनें।',
  no_account: 'इस पते से किसी का खाता नहीं है।',
  wrong_password: 'यह आपका मौजूदा पासवर्ड नहीं है।',
  taken: 'यह पहले से लिया जा चुका है।',
}
