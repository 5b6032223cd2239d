import type { MailTexts } from '../texts.ts'

export const es: MailTexts = {
  'mails.reset.subject': 'Elija una contraseña nueva',
  'mails.reset.text':
    'Hola, {name}:\n\nAlguien pidió una contraseña nueva para esta dirección. Para elegirla, abra\n\n{link}\n\n' +
    'en el plazo de una hora. Si no fue usted, nada ha cambiado y no tiene que hacer nada.\n',
  'mails.invitation.subject': 'Invitación a {tenant}',
  'mails.invitation.text':
    'Hola:\n\n{inviter} le invita a trabajar en {tenant} con Holdfast. Para aceptar, abra\n\n{link}\n\nen el plazo de ' +
    'siete días.\n',
  'mails.sign_in.subject': 'Nuevo inicio de sesión en su cuenta',
  'mails.sign_in.text':
    'Hola, {name}:\n\nAlguien entró en su cuenta con un dispositivo que no habíamos visto antes:\n\n{device}\n' +
    '{address}\n{at}\n\nSi fue usted, no tiene que hacer nada. Si no, cierre la sesión y cambie la contraseña:' +
    '\n\n{link}\n',
  'notices.conversation_assigned': 'Se le asignó la conversación con {title}',
  'notices.conversation_waiting': '{title} le escribió',
  'notices.contact_blocked': '{title} escribió demasiado de una vez y sus mensajes quedaron retenidos',
  'notices.message_failed': 'Su mensaje a {title} no llegó',
  'notices.channel_needs_attention': 'El canal {title} necesita atención',
  'notices.run_failed': 'Falló una ejecución de {title}',
  'notices.member_joined': '{title} se unió a su equipo',
  'notices.quota_nearly_used': 'Un límite de su plan está casi agotado',
  'notices.quota_used': 'Se agotó un límite de su plan',
  'notices.webhook_failing': 'El webhook {title} no responde',
  'notices.webhook_disabled': 'Se desactivó el webhook {title}',
  'notices.diagnostics_failing': 'La revisión diaria de tu espacio encontró un problema',
  'notices.diagnostics_well': 'La revisión diaria de tu espacio vuelve a encontrar todo en orden',
  'notices.other': 'Hay novedades: {title}',
  'notices.many': 'Tiene {count} asuntos pendientes',
  'notices.mail':
    'Hola, {name}:\n\nEsto le espera en {tenant}:\n\n{lines}\n\n{link}\n\nDe qué se le avisa, y cómo, se elige aquí:\n\n{settings}\n',
}
