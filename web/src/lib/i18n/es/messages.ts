import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'Foto',
  'preview.video': 'Video',
  'preview.audio': 'Audio',
  'preview.voice': 'Mensaje de voz',
  'preview.document': 'Documento',
  'preview.sticker': 'Sticker',
  'preview.location': 'Ubicación',
  'preview.contacts': 'Tarjeta de contacto',
  'preview.reaction': 'Reaccionó',
  'preview.reaction_removed': 'Quitó una reacción',
  'preview.location_request': 'Pidió la ubicación',
  'preview.template': 'Plantilla',
  'preview.form_reply': 'Formulario respondido',
  'preview.permission_reply': 'Respondió a una solicitud',
  'preview.order': 'Pedido',
  'preview.system': 'Aviso',
  'preview.edit': 'Editado',
  'preview.revoke': 'Eliminó un mensaje',
  'preview.unsupported': 'Mensaje que no se puede mostrar',
}
