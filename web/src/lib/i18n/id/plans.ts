import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Paket',
  text: 'Yang boleh dipakai perusahaan, dan seberapa sering boleh meminta.',
  figures_text:
    'Angka kosong berarti angka bawaan, tampil abu-abu. Perubahan langsung berlaku bagi semua yang memiliki paket ini.',
  key: 'Kunci',
  key_text: 'Untuk program; tetap selamanya. Huruf kecil, angka, dan _.',
  own_figures: 'Angka sendiri',
  monthly: 'Setiap bulan',
  rates_text: 'Permintaan per menit, minimal 100.',
  new: 'Paket baru',
  new_text: 'Dimulai dengan angka bawaan; setelah itu Anda mengubahnya.',
  default: 'Bawaan',
  default_text: 'Perusahaan baru mendapat paket ini.',
  make_default: 'Berikan ke perusahaan baru',
  retire: 'Hentikan',
  retired: 'Dihentikan',
  retire_title: 'Hentikan {name}?',
  retire_text: 'Tidak ada perusahaan lain yang mendapatkannya lagi. Yang memilikinya tetap memilikinya.',
  restore: 'Kembalikan',
}
