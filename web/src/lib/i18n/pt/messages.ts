import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Foto',
  'preview.video': 'Vídeo',
  'preview.audio': 'Áudio',
  'preview.voice': 'Mensagem de voz',
  'preview.document': 'Documento',
  'preview.sticker': 'Figurinha',
  'preview.location': 'Localização',
  'preview.contacts': 'Cartão de contato',
  'preview.reaction': 'Reagiu',
  'preview.reaction_removed': 'Removeu uma reação',
  'preview.location_request': 'Pediu a localização',
  'preview.template': 'Modelo',
  'preview.form_reply': 'Formulário respondido',
  'preview.permission_reply': 'Respondeu a um pedido',
  'preview.order': 'Pedido',
  'preview.system': 'Aviso',
  'preview.edit': 'Editada',
  'preview.revoke': 'Apagou uma mensagem',
  'preview.unsupported': 'Mensagem que não pode ser mostrada',
}
