import type { MailTexts } from '../texts.ts'

export const sw: MailTexts = {
  'mails.reset.subject': 'Chagua nenosiri jipya',
  'mails.reset.text':
    'Habari {name},\n\nkuna aliyeomba nenosiri jipya kwa anwani hii. Ili kulichagua, fungua kiungo hiki ndani ya saa moja:\n\n' +
    '{link}\n\nIkiwa si wewe, hakuna kilichobadilika na huna haja ya kufanya chochote.\n',
  'mails.invitation.subject': 'Umealikwa {tenant}',
  'mails.invitation.text':
    'Habari,\n\n{inviter} anakualika kufanya kazi {tenant} kwenye Holdfast. Ili kukubali, fungua kiungo hiki ndani ya ' +
    'siku saba:\n\n{link}\n',
  'mails.sign_in.subject': 'Kuingia kupya kwenye akaunti yako',
  'mails.sign_in.text':
    'Habari {name},\n\nkuna aliyeingia kwenye akaunti yako kwa kifaa ambacho hatujawahi kukiona:\n\n{device}\n{address}\n{at}\n\n' +
    'Ikiwa ni wewe, huna haja ya kufanya chochote. Ikiwa si wewe, maliza kipindi hicho na ubadilishe nenosiri lako:\n\n{link}\n',
  'notices.conversation_assigned': 'Umekabidhiwa {title}',
  'notices.conversation_waiting': '{title} amekuandikia',
  'notices.contact_blocked': '{title} aliandika mno kwa wakati mmoja na ujumbe wake umezuiliwa',
  'notices.message_failed': 'Ujumbe wako kwa {title} haukufika',
  'notices.channel_needs_attention': 'Chaneli {title} inahitaji uangalizi wako',
  'notices.run_failed': 'Utekelezaji wa {title} umeshindwa',
  'notices.member_joined': '{title} amejiunga na timu yako',
  'notices.quota_nearly_used': 'Kikomo kimoja cha mpango wako kinakaribia kwisha',
  'notices.quota_used': 'Kikomo kimoja cha mpango wako kimekwisha',
  'notices.webhook_failing': 'Webhook {title} haijibu',
  'notices.webhook_disabled': 'Webhook {title} imezimwa',
  'notices.diagnostics_failing': 'Ukaguzi wa kila siku wa eneo lako la kazi umepata tatizo',
  'notices.diagnostics_well': 'Ukaguzi wa kila siku wa eneo lako la kazi unaona kila kitu ni sawa tena',
  'notices.other': 'Kuna habari: {title}',
  'notices.many': 'Mambo {count} yanakusubiri',
  'notices.mail':
    'Habari {name},\n\nhaya yanakusubiri katika {tenant}:\n\n{lines}\n\n{link}\n\nUnachoarifiwa, na kwa njia gani, chagua hapa:\n\n{settings}\n',
}
