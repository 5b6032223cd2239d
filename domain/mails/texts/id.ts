import type { MailTexts } from '../texts.ts'

export const id: MailTexts = {
  'mails.reset.subject': 'Pilih kata sandi baru',
  'mails.reset.text':
    'Halo {name},\n\nseseorang meminta kata sandi baru untuk alamat ini. Untuk memilihnya, buka tautan ini dalam satu jam:\n\n' +
    '{link}\n\nJika bukan Anda, tidak ada yang berubah dan Anda tidak perlu melakukan apa pun.\n',
  'mails.invitation.subject': 'Undangan ke {tenant}',
  'mails.invitation.text':
    'Halo,\n\n{inviter} mengundang Anda bekerja di {tenant} dengan Holdfast. Untuk menerima, buka tautan ini dalam tujuh ' +
    'hari:\n\n{link}\n',
  'mails.sign_in.subject': 'Ada yang baru masuk ke akun Anda',
  'mails.sign_in.text':
    'Halo {name},\n\nseseorang masuk ke akun Anda dengan perangkat yang belum pernah kami lihat:\n\n{device}\n{address}\n{at}\n\n' +
    'Jika itu Anda, tidak ada yang perlu dilakukan. Jika bukan, akhiri sesinya dan ubah kata sandi Anda:\n\n{link}\n',
  'notices.conversation_assigned': '{title} ditugaskan kepada Anda',
  'notices.conversation_waiting': '{title} menulis kepada Anda',
  'notices.contact_blocked': '{title} menulis terlalu banyak sekaligus dan pesannya ditahan',
  'notices.message_failed': 'Pesan Anda ke {title} tidak sampai',
  'notices.channel_needs_attention': 'Saluran {title} memerlukan perhatian Anda',
  'notices.run_failed': 'Sebuah eksekusi {title} gagal',
  'notices.member_joined': '{title} bergabung dengan tim Anda',
  'notices.quota_nearly_used': 'Satu batas paket Anda hampir habis',
  'notices.quota_used': 'Satu batas paket Anda habis',
  'notices.webhook_failing': 'Webhook {title} tidak menjawab',
  'notices.webhook_disabled': 'Webhook {title} dinonaktifkan',
  'notices.diagnostics_failing': 'Pemeriksaan harian ruang kerja Anda menemukan masalah',
  'notices.diagnostics_well': 'Pemeriksaan harian ruang kerja Anda kembali baik',
  'notices.other': 'Ada kabar: {title}',
  'notices.many': '{count} hal menunggu Anda',
  'notices.mail':
    'Halo {name},\n\nini yang menunggu Anda di {tenant}:\n\n{lines}\n\n{link}\n\nApa yang diberitahukan kepada Anda, dan caranya, pilih di sini:\n\n{settings}\n',
}
