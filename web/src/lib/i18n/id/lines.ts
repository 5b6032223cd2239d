import type { lines as english } from '../en/lines.ts'
import type { Like } from '../messages.ts'

export const lines: Like<typeof english> = {
  the_house: 'Holdfast',
  somebody: 'seseorang',
  taken_over:
    '{self, select, yes {{by} mengambil alih dari bot} other {{by} memberikan percakapan bot kepada {person}}}',
  assigned: '{self, select, yes {{by} mengambil percakapan} other {{by} menugaskan percakapan kepada {person}}}',
  queued: 'Percakapan menunggu dalam antrean',
  unassigned: '{by} memasukkan percakapan ke antrean',
  handed_back: '{by} mengembalikan percakapan ke bot',
  'handed_over.requested': 'Bot meminta petugas{note, select, none {} other {: {note}}}',
  'handed_over.answer_not_understood': 'Bot tidak memahami jawaban dan meminta petugas',
  'handed_over.fault': 'Bot berhenti karena kesalahan dan meminta petugas',
  closed: '{by} menutup percakapan: {reason}',
  reopened: '{by} membuka lagi percakapan',
  snoozed: '{by} menunda percakapan',
  released: '{by} melepaskan pesan yang ditahan',
  reason_resolved: 'selesai',
  reason_idle: 'tidak ada yang menulis lagi',
  number_changed: '{name} punya nomor telepon baru',
  identity_changed: 'Kode keamanan {name} berubah',
  user_id_changed: 'WhatsApp memberi {name} ID baru',
  chat_opened: '{name} membuka chat',
  other: 'Pemberitahuan dari WhatsApp',
  edited: '{name} mengedit pesan: {text}',
  revoked: '{name} menghapus pesan',
  permission_reply: '{name} menjawab permintaan: {response}',
}
