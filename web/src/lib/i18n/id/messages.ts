import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Foto',
  'preview.video': 'Video',
  'preview.audio': 'Audio',
  'preview.voice': 'Pesan suara',
  'preview.document': 'Dokumen',
  'preview.sticker': 'Stiker',
  'preview.location': 'Lokasi',
  'preview.contacts': 'Kartu kontak',
  'preview.reaction': 'Memberi reaksi',
  'preview.reaction_removed': 'Menghapus reaksi',
  'preview.location_request': 'Meminta lokasi',
  'preview.template': 'Template',
  'preview.form_reply': 'Formulir dijawab',
  'preview.permission_reply': 'Menjawab permintaan',
  'preview.order': 'Pesanan',
  'preview.system': 'Pemberitahuan',
  'preview.edit': 'Diedit',
  'preview.revoke': 'Menghapus pesan',
  'preview.unsupported': 'Pesan yang tidak dapat ditampilkan',
}
