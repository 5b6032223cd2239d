import type { MailTexts } from '../texts.ts'

export const de: MailTexts = {
  'mails.reset.subject': 'Neues Passwort wählen',
  'mails.reset.text':
    'Guten Tag {name},\n\njemand hat für diese Adresse ein neues Passwort angefordert. Um eines zu wählen, öffnen Sie\n\n' +
    '{link}\n\ninnerhalb einer Stunde. Wenn Sie das nicht waren, hat sich nichts geändert und Sie müssen nichts tun.\n',
  'mails.invitation.subject': 'Einladung zu {tenant}',
  'mails.invitation.text':
    'Guten Tag,\n\n{inviter} lädt Sie ein, bei {tenant} mit Holdfast zu arbeiten. Zum Annehmen öffnen Sie\n\n{link}\n\n' +
    'innerhalb von sieben Tagen.\n',
  'mails.sign_in.subject': 'Neue Anmeldung bei Ihrem Konto',
  'mails.sign_in.text':
    'Guten Tag {name},\n\njemand hat sich mit einem Gerät bei Ihrem Konto angemeldet, das wir noch nicht kannten:\n\n' +
    '{device}\n{address}\n{at}\n\nWenn Sie das waren, ist nichts zu tun. Wenn nicht, beenden Sie die Sitzung und ändern ' +
    'Sie Ihr Passwort:\n\n{link}\n',
  'notices.conversation_assigned': '{title} wurde Ihnen zugewiesen',
  'notices.conversation_waiting': '{title} hat Ihnen geschrieben',
  'notices.contact_blocked': '{title} hat zu viel auf einmal geschrieben und wird zurückgehalten',
  'notices.message_failed': 'Ihre Nachricht an {title} kam nicht an',
  'notices.channel_needs_attention': 'Der Kanal {title} braucht Ihre Aufmerksamkeit',
  'notices.run_failed': 'Ein Durchlauf von {title} ist fehlgeschlagen',
  'notices.member_joined': '{title} gehört jetzt zu Ihrem Team',
  'notices.quota_nearly_used': 'Eine Grenze Ihres Tarifs ist fast erreicht',
  'notices.quota_used': 'Eine Grenze Ihres Tarifs ist erreicht',
  'notices.webhook_failing': 'Der Webhook {title} antwortet nicht',
  'notices.webhook_disabled': 'Der Webhook {title} wurde abgeschaltet',
  'notices.diagnostics_failing': 'Die tägliche Prüfung Ihres Arbeitsbereichs hat ein Problem gefunden',
  'notices.diagnostics_well': 'Die tägliche Prüfung Ihres Arbeitsbereichs findet wieder alles in Ordnung',
  'notices.other': 'Neuigkeiten: {title}',
  'notices.many': '{count} Dinge warten auf Sie',
  'notices.mail':
    'Guten Tag {name},\n\ndas wartet auf Sie bei {tenant}:\n\n{lines}\n\n{link}\n\nWorüber Sie informiert werden, und wie, wählen Sie hier:\n\n{settings}\n',
}
