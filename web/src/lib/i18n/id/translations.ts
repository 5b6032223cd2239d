import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'Teks',
  text: 'Ubah kata apa pun di produk ini dengan kata Anda sendiri. Langsung tampil untuk semua orang di ruang kerja Anda.',
  search: 'Cari teks',
  only_own: 'Diubah',
  as_it_is: 'apa adanya',
  own_text: 'Teks Anda untuk {key}',
  reset: 'Kembali ke aslinya',
  broken: 'Kurung kurawal tidak ditutup, atau ada nilai yang tidak dimiliki teks ini.',
  mails: 'Email dan push',
  needs_link: 'Pertahankan {link}: untuk itulah email ini.',
  none: 'Tidak ada teks yang cocok',
  none_own: 'Belum ada teks bahasa ini yang diubah.',
}
