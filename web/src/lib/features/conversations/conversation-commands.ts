import AlarmClock from '@lucide/svelte/icons/alarm-clock'
import Archive from '@lucide/svelte/icons/archive'
import ArchiveRestore from '@lucide/svelte/icons/archive-restore'
import Bot from '@lucide/svelte/icons/bot'
import Hand from '@lucide/svelte/icons/hand'
import LayoutTemplate from '@lucide/svelte/icons/layout-template'
import PanelRight from '@lucide/svelte/icons/panel-right'
import Pencil from '@lucide/svelte/icons/pencil'
import Tag from '@lucide/svelte/icons/tag'
import UserPlus from '@lucide/svelte/icons/user-round-plus'
import type { Conversation } from '#domain/conversations/schema.ts'
import type { useI18n } from '#lib/i18n/index.ts'
import type { Command } from '#lib/keys/commands.svelte.ts'
import type { ConversationActions } from './actions.svelte.ts'

type Input = {
  t: ReturnType<typeof useI18n>['t']
  conversation: Conversation | undefined
  mayReply: boolean
  mayAssign: boolean
  actions: ConversationActions
  write: () => void
  template: () => void
  assign: () => void
  snooze: () => void
  tag: () => void
  togglePanel: () => void
  back: () => void
}

/** What can be done with the open conversation; the keys are those of Chatwoot, so that hands find them. */
export function conversationCommands(input: Input): Command[] {
  const { t, conversation, mayReply, actions } = input
  const closed = conversation?.state === 'closed'
  const always: Command[] = [
    {
      id: 'panel',
      group: 'conversation',
      label: t('conversations.toggle_panel'),
      keys: 'Alt+o',
      icon: PanelRight,
      whileTyping: true,
      run: input.togglePanel,
    },
    {
      id: 'back',
      group: 'conversation',
      label: t('conversations.back_to_list'),
      keys: 'Escape',
      hidden: true,
      run: input.back,
    },
  ]
  if (!conversation || !mayReply) return always
  const act = (id: string, label: string, keys: string, icon: Command['icon'], run: () => void): Command => ({
    id,
    group: 'conversation',
    label,
    keys,
    run,
    whileTyping: keys.startsWith('Alt'),
    ...(icon ? { icon } : {}),
  })
  const tag = act('tag', t('conversations.tag'), 'Alt+g', Tag, input.tag)
  if (closed) {
    return [
      act('reopen', t('conversations.reopen'), 'Alt+e', ArchiveRestore, () => void actions.reopen()),
      tag,
      ...always,
    ]
  }
  return [
    act('write', t('conversations.write'), 'r', Pencil, input.write),
    act('template', t('composer.choose_template'), 'Alt+i', LayoutTemplate, input.template),
    act('take-over', t('conversations.take_over'), 'Alt+t', Hand, () => void actions.takeOver()),
    act('hand-back', t('conversations.hand_back'), 'Alt+b', Bot, () => void actions.handBack()),
    ...(input.mayAssign ? [act('assign', t('conversations.assign'), 'Alt+a', UserPlus, input.assign)] : []),
    act('snooze', t('conversations.snooze'), 'Alt+m', AlarmClock, input.snooze),
    tag,
    act('close', t('conversations.close'), 'Alt+e', Archive, () => void actions.close()),
    ...always,
  ]
}
