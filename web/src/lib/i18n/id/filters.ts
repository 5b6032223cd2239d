import type { filters as english } from '../en/filters.ts'
import type { Like } from '../messages.ts'

export const filters: Like<typeof english> = {
  title: 'Filter percakapan',
  title_on: '{count, plural, other {Filter percakapan, # filter aktif}}',
  any: 'Semua',
  from: 'Ditulis sejak',
  until: 'Sampai',
  channel: 'Saluran',
  tag: 'Tag percakapan atau kontaknya',
  field: 'Kolom kontak',
  value: 'Isinya',
  value_hint: 'Kosong: isi apa pun.',
  clear: 'Hapus filter ini',
  saved: 'Tampilan Anda',
  view_name: 'Nama tampilan ini',
  save: 'Simpan',
  remove_view: 'Hapus tampilan {name}',
}
