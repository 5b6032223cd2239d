import type { NoticeTextKey } from '#domain/notifications/words.ts'

type NoticeTexts = Record<NoticeTextKey, string>

const AR: NoticeTexts = {
  'notices.conversation_assigned': 'أُسندت إليك المحادثة مع {title}',
  'notices.conversation_waiting': 'كتب إليك {title}',
  'notices.contact_blocked': 'كتب {title} كثيرًا دفعة واحدة فحُجزت رسائله',
  'notices.message_failed': 'لم تصل رسالتك إلى {title}',
  'notices.channel_needs_attention': 'تحتاج القناة {title} إلى انتباهك',
  'notices.run_failed': 'فشل تشغيل للمسار {title}',
  'notices.member_joined': 'انضمّ {title} إلى فريقك',
  'notices.quota_nearly_used': 'أوشك أحد حدود خطتك على النفاد',
  'notices.quota_used': 'نفد أحد حدود خطتك',
  'notices.webhook_failing': 'نقطة ويب هوك لا تستجيب',
  'notices.webhook_disabled': 'أُوقفت نقطة ويب هوك',
  'notices.other': 'جديد: {title}',
  'notices.many': '{count} أمور تنتظرك',
  'notices.mail':
    'مرحبًا {name}،\n\nهذا ما ينتظرك في {tenant}:\n\n{lines}\n\n{link}\n\nما تُبلَّغ به وكيف، تختاره هنا:\n\n{settings}\n',
}

const ES: NoticeTexts = {
  'notices.conversation_assigned': 'Te asignaron la conversación con {title}',
  'notices.conversation_waiting': '{title} te escribió',
  'notices.contact_blocked': '{title} escribió demasiado de una vez y quedó retenido',
  'notices.message_failed': 'Tu mensaje a {title} no llegó',
  'notices.channel_needs_attention': 'El canal {title} necesita tu atención',
  'notices.run_failed': 'Falló una ejecución de {title}',
  'notices.member_joined': '{title} se unió a tu equipo',
  'notices.quota_nearly_used': 'Un límite de tu plan está casi agotado',
  'notices.quota_used': 'Un límite de tu plan se agotó',
  'notices.webhook_failing': 'Un webhook no responde',
  'notices.webhook_disabled': 'Se desactivó un webhook',
  'notices.other': 'Hay novedades: {title}',
  'notices.many': 'Te esperan {count} cosas',
  'notices.mail':
    'Hola, {name}:\n\nEsto te espera en {tenant}:\n\n{lines}\n\n{link}\n\nDe qué se te avisa, y cómo, lo eliges aquí:\n\n{settings}\n',
}

const BY_LANGUAGE: Readonly<Record<string, NoticeTexts>> = { ar: AR, es: ES }

/** The texts of mails and pushes about notifications in a language; empty where only the English ones exist. */
export const noticeTexts = (locale: string): Partial<NoticeTexts> =>
  BY_LANGUAGE[locale.toLowerCase().split('-')[0]!] ?? {}
