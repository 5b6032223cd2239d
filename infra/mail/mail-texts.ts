import type { MailTextKey } from '#domain/people/mails.ts'

type MailTexts = Record<MailTextKey, string>

const AR: MailTexts = {
  'mails.reset.subject': 'اختيار كلمة مرور جديدة',
  'mails.reset.text':
    'مرحبًا {name}،\n\nطلب أحدهم كلمة مرور جديدة لهذا العنوان. لاختيارها افتح الرابط التالي خلال ساعة:\n\n{link}\n\n' +
    'إن لم تكن أنت من طلبها فلم يتغيّر شيء، ولا حاجة إلى أي إجراء.\n',
  'mails.invitation.subject': 'دعوة إلى {tenant}',
  'mails.invitation.text':
    'مرحبًا،\n\nيدعوك {inviter} إلى العمل في {tenant} على Holdfast. للقبول افتح الرابط التالي خلال سبعة أيام:\n\n{link}\n',
  'mails.sign_in.subject': 'تسجيل دخول جديد إلى حسابك',
  'mails.sign_in.text':
    'مرحبًا {name}،\n\nسجّل أحدهم الدخول إلى حسابك من جهاز لم نره من قبل:\n\n{device}\n{address}\n{at}\n\n' +
    'إن كنت أنت فلا حاجة إلى شيء. وإلا فأنهِ الجلسة وغيّر كلمة مرورك:\n\n{link}\n',
}

const ES: MailTexts = {
  'mails.reset.subject': 'Elige una contraseña nueva',
  'mails.reset.text':
    'Hola, {name}:\n\nAlguien pidió una contraseña nueva para esta dirección. Para elegirla, abre este enlace antes de ' +
    'una hora:\n\n{link}\n\nSi no fuiste tú, nada ha cambiado y no tienes que hacer nada.\n',
  'mails.invitation.subject': 'Te invitan a {tenant}',
  'mails.invitation.text':
    'Hola:\n\n{inviter} te invita a trabajar en {tenant} con Holdfast. Para aceptar, abre este enlace antes de siete ' +
    'días:\n\n{link}\n',
  'mails.sign_in.subject': 'Nuevo inicio de sesión en tu cuenta',
  'mails.sign_in.text':
    'Hola, {name}:\n\nAlguien entró en tu cuenta desde un dispositivo que no habíamos visto antes:\n\n{device}\n' +
    '{address}\n{at}\n\nSi fuiste tú, no tienes que hacer nada. Si no, cierra la sesión y cambia la contraseña:' +
    '\n\n{link}\n',
}

const BY_LANGUAGE: Readonly<Record<string, MailTexts>> = { ar: AR, es: ES }

/** The product's own mail texts in a language, to lie under a tenant's; empty where only the English ones exist. */
export const mailTexts = (locale: string): Partial<MailTexts> => BY_LANGUAGE[locale.toLowerCase().split('-')[0]!] ?? {}
