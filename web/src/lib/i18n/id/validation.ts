import type { validation as english } from '../en/validation.ts'
import type { Like } from '../messages.ts'

export const validation: Like<typeof english> = {
  required: 'Wajib diisi.',
  invalid: 'Ini belum benar.',
  invalid_type: 'Wajib diisi.',
  email: 'Ini bukan alamat email.',
  url: 'Ini bukan alamat web.',
  regex: 'Formatnya belum sesuai.',
  digits: 'Hanya angka, seperti yang ditampilkan Meta.',
  too_small_text: 'Minimal {minimum, plural, other {# karakter}}.',
  too_big_text: 'Maksimal {maximum, plural, other {# karakter}}.',
  too_small_number: 'Minimal {minimum}.',
  too_big_number: 'Maksimal {maximum}.',
  too_small: 'Ini terlalu pendek atau terlalu kecil.',
  too_big: 'Ini terlalu panjang atau terlalu besar.',
  invalid_format: 'Formatnya belum sesuai.',
  invalid_value: 'Ini bukan salah satu pilihan.',
  invalid_union: 'Ini bukan salah satu pilihan.',
  unknown_field: 'Kolom ini tidak dikenal.',
  custom: 'Ini belum benar.',
  wrong_code: 'Kode ini tidak cocok. Kode berganti setiap 30 detik.',
  password_common: 'Ini salah satu kata sandi yang pertama dicoba pencuri. Pilih yang lain.',
  password_personal: 'Ini nyaris hanya nama atau alamat Anda. Pilih yang lain.',
  no_account: 'Tidak ada yang punya akun dengan alamat ini.',
  wrong_password: 'Ini bukan kata sandi Anda saat ini.',
  taken: 'Ini sudah dipakai.',
}
