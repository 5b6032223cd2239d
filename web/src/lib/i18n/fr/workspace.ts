import type { workspace as english } from '../en/workspace.ts'
import type { Like } from '../messages.ts'

export const workspace: Like<typeof english> = {
  title: 'Général',
  text: 'Comment s’appelle cet espace de travail, et quand les conversations se terminent.',
  about: 'Espace de travail',
  name: 'Nom',
  language_text: 'Des e-mails, et de ce que les nouvelles personnes voient d’abord.',
  time_zone: 'Fuseau horaire',
  time_zone_text: 'Les scénarios le suivent quand un contact n’en a pas à lui.',
  ends: 'Quand les conversations se terminent',
  ends_text: 'Ce qui attend une personne, ou en a une, ne se termine jamais seul.',
  idle: 'Heures de silence avant que le bot ne termine',
  idle_text: 'Seulement là où le bot seul a parlé. 0 : jamais.',
  reopen: 'Heures pendant lesquelles elle peut reprendre',
  reopen_text: 'Qui écrit dans ce délai après la fin continue la même conversation. 0 : jamais, une nouvelle commence.',
}
