import type { MailTexts } from '../texts.ts'

export const fr: MailTexts = {
  'mails.reset.subject': 'Choisissez un nouveau mot de passe',
  'mails.reset.text':
    'Bonjour {name},\n\nquelqu’un a demandé un nouveau mot de passe pour cette adresse. Pour le choisir, ouvrez\n\n' +
    '{link}\n\nd’ici une heure. Si ce n’était pas vous, rien n’a changé et vous n’avez rien à faire.\n',
  'mails.invitation.subject': 'Invitation à rejoindre {tenant}',
  'mails.invitation.text':
    'Bonjour,\n\n{inviter} vous invite à travailler dans {tenant} sur Holdfast. Pour accepter, ouvrez\n\n{link}\n\n' +
    'd’ici sept jours.\n',
  'mails.sign_in.subject': 'Nouvelle connexion à votre compte',
  'mails.sign_in.text':
    'Bonjour {name},\n\nquelqu’un s’est connecté à votre compte avec un appareil que nous n’avions jamais vu :\n\n' +
    '{device}\n{address}\n{at}\n\nSi c’était vous, vous n’avez rien à faire. Sinon, mettez fin à la session et changez ' +
    'votre mot de passe :\n\n{link}\n',
  'notices.conversation_assigned': 'La conversation avec {title} vous a été attribuée',
  'notices.conversation_waiting': '{title} vous a écrit',
  'notices.contact_blocked': '{title} a trop écrit d’un coup et ses messages sont retenus',
  'notices.message_failed': 'Votre message à {title} n’est pas arrivé',
  'notices.channel_needs_attention': 'Le canal {title} demande votre attention',
  'notices.run_failed': 'Une exécution de {title} a échoué',
  'notices.member_joined': '{title} a rejoint votre équipe',
  'notices.quota_nearly_used': 'Une limite de votre forfait est presque atteinte',
  'notices.quota_used': 'Une limite de votre forfait est atteinte',
  'notices.webhook_failing': 'Le webhook {title} ne répond pas',
  'notices.webhook_disabled': 'Le webhook {title} a été désactivé',
  'notices.diagnostics_failing': 'La vérification quotidienne de votre espace a trouvé un problème',
  'notices.diagnostics_well': 'La vérification quotidienne de votre espace ne trouve plus aucun problème',
  'notices.other': 'Du nouveau : {title}',
  'notices.many': '{count} éléments vous attendent',
  'notices.mail':
    'Bonjour {name},\n\nvoici ce qui vous attend dans {tenant} :\n\n{lines}\n\n{link}\n\nCe dont vous êtes averti, et comment, se choisit ici :\n\n{settings}\n',
}
