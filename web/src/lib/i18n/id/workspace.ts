import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Umum',
  text: 'Nama ruang kerja ini, dan kapan percakapan berakhir.',
  about: 'Ruang kerja',
  name: 'Nama',
  language_text: 'Untuk email, dan untuk yang pertama dilihat orang baru.',
  time_zone: 'Zona waktu',
  time_zone_text: 'Alur mengikutinya bila kontak tidak punya zona sendiri.',
  ends: 'Kapan percakapan berakhir',
  ends_text: 'Yang menunggu petugas, atau sudah diambilnya, tidak pernah berakhir sendiri.',
  idle: 'Jam hening sampai bot mengakhirinya',
  idle_text: 'Hanya bila bot saja yang berbicara. 0 berarti tidak pernah.',
  reopen: 'Jam ketika percakapan dapat berlanjut',
  reopen_text:
    'Siapa pun yang menulis dalam waktu ini setelah berakhir melanjutkan percakapan yang sama. 0 berarti tidak pernah: yang baru dimulai.',
}
