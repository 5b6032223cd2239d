import type { MailTexts } from '../texts.ts'

export const pt: MailTexts = {
  'mails.reset.subject': 'Escolha uma nova senha',
  'mails.reset.text':
    'Olá, {name},\n\nalguém pediu uma nova senha para este endereço. Para escolher uma, abra\n\n{link}\n\n' +
    'em até uma hora. Se não foi você, nada mudou e não é preciso fazer nada.\n',
  'mails.invitation.subject': 'Convite para {tenant}',
  'mails.invitation.text':
    'Olá,\n\n{inviter} convida você para trabalhar em {tenant} no Holdfast. Para aceitar, abra\n\n{link}\n\nem até ' +
    'sete dias.\n',
  'mails.sign_in.subject': 'Novo acesso à sua conta',
  'mails.sign_in.text':
    'Olá, {name},\n\nalguém entrou na sua conta com um dispositivo que ainda não conhecíamos:\n\n{device}\n' +
    '{address}\n{at}\n\nSe foi você, não é preciso fazer nada. Se não foi, encerre a sessão e troque a senha:\n\n{link}\n',
  'notices.conversation_assigned': 'A conversa com {title} foi atribuída a você',
  'notices.conversation_waiting': '{title} escreveu para você',
  'notices.contact_blocked': '{title} escreveu demais de uma só vez e suas mensagens foram retidas',
  'notices.message_failed': 'Sua mensagem para {title} não chegou',
  'notices.channel_needs_attention': 'O canal {title} precisa da sua atenção',
  'notices.run_failed': 'Uma execução de {title} falhou',
  'notices.member_joined': '{title} entrou na sua equipe',
  'notices.quota_nearly_used': 'Um limite do seu plano está quase esgotado',
  'notices.quota_used': 'Um limite do seu plano se esgotou',
  'notices.webhook_failing': 'O webhook {title} não responde',
  'notices.webhook_disabled': 'O webhook {title} foi desativado',
  'notices.diagnostics_failing': 'A verificação diária do seu espaço encontrou um problema',
  'notices.diagnostics_well': 'A verificação diária do seu espaço volta a encontrar tudo em ordem',
  'notices.other': 'Há novidades: {title}',
  'notices.many': '{count} itens esperam por você',
  'notices.mail':
    'Olá, {name},\n\nisto espera por você em {tenant}:\n\n{lines}\n\n{link}\n\nO que avisamos a você, e como, se escolhe aqui:\n\n{settings}\n',
}
