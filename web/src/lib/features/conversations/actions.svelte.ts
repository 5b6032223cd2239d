import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { Conversation, Message } from '#domain/conversations/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { type MessageKey, useI18n } from '#lib/i18n/index.ts'
import { placeRow } from '#lib/live/follow.svelte.ts'
import { chronological, mergeMessage } from './merge.ts'

type Verb = 'take-over' | 'hand-back' | 'assign' | 'close' | 'reopen' | 'snooze' | 'read' | 'release-held'

/** What an agent may do with a conversation. Shown at once, taken back with a word of why when it is refused. */
export function useConversationActions(read: () => Conversation | undefined) {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()
  let pending = $state<Verb | undefined>()

  async function act(verb: Verb, body: Record<string, unknown>, guess: Partial<Conversation>): Promise<boolean> {
    const before = read()
    if (!before) return false
    pending = verb
    placeRow(client, { ...before, ...guess }, session.personId)
    try {
      const answer = await api.post<Conversation | undefined>(`/conversations/${before.id}/${verb}`, body)
      if (answer && 'epoch' in answer) placeRow(client, answer, session.personId)
      else await client.invalidateQueries({ queryKey: keys.conversation(before.id) })
      void client.invalidateQueries({ queryKey: keys.counts })
      if (verb === 'read') void client.invalidateQueries({ queryKey: keys.unreadNotices })
      return true
    } catch (error) {
      placeRow(client, before, session.personId)
      void client.invalidateQueries({ queryKey: keys.conversation(before.id) })
      if (verb !== 'read') toast.error(t(`errors.${toProblem(error).code}`))
      return false
    } finally {
      pending = undefined
    }
  }

  const seen = () => ({ epoch: read()?.epoch })
  const self = () => ({
    kind: 'user' as const,
    id: session.personId ?? '',
    name: session.me?.person.name ?? '',
  })
  /** Says what was done and offers the way back. */
  function undoable(text: MessageKey, undo: () => void, values?: Record<string, string>) {
    toast.success(t(text, values), { action: { label: t('common.undo'), onClick: undo } })
  }

  function place(message: Message) {
    client.setQueryData(keys.thread(message.conversationId), (data: Parameters<typeof mergeMessage>[0] | undefined) =>
      data ? mergeMessage(data, message) : data,
    )
  }

  const actions = {
    get pending() {
      return pending
    },
    takeOver: () => act('take-over', seen(), { state: 'assigned', owner: self() }),
    handBack: () => act('hand-back', seen(), { state: 'bot', owner: { kind: 'none' } }),
    assign: (person: { id: string; name: string } | null) =>
      act(
        'assign',
        { ...seen(), personId: person?.id ?? null },
        person
          ? { state: 'assigned', owner: { kind: 'user', ...person } }
          : { state: 'queued', owner: { kind: 'none' } },
      ),
    async close() {
      if (
        await act('close', { ...seen(), reason: 'resolved' }, { state: 'closed', closedAt: new Date().toISOString() })
      ) {
        undoable('conversations.closed_toast', () => void actions.reopen())
      }
    },
    reopen: () => act('reopen', {}, { state: 'queued', closedAt: null }),
    async snooze(until: Date, label: string) {
      const done = await act(
        'snooze',
        { ...seen(), until: until.toISOString() },
        { state: 'snoozed', snoozedUntil: until.toISOString() },
      )
      if (done) undoable('conversations.snoozed_toast', () => void actions.wake(), { time: label })
    },
    /** Ends a snooze before its time. */
    wake: () => act('snooze', { ...seen(), until: null }, { snoozedUntil: null }),
    markRead: () => act('read', {}, { unreadCount: 0 }),
    /** All of them, in the order they came: one that went alone would overtake the others. */
    async releaseHeld() {
      const id = read()?.id ?? ''
      const pages = client.getQueryData<Parameters<typeof mergeMessage>[0]>(keys.thread(id))
      const held = chronological(pages).filter((message) => message.held)
      for (const message of held) place({ ...message, held: null })
      const done = await act('release-held', {}, { heldCount: 0 })
      if (!done) for (const message of held) place(message)
      // Those of a closed conversation go on in another one.
      else void client.invalidateQueries({ queryKey: keys.thread(id) })
    },
    /** One reaction of ours per message, as on the phone; null takes it back. */
    async react(message: Message, emoji: string | null) {
      const others = message.reactions.filter(({ senderType }) => senderType === 'contact')
      const own = emoji === null ? [] : [{ senderType: 'user' as const, emoji, at: new Date().toISOString() }]
      place({ ...message, reactions: [...others, ...own] })
      try {
        await api.post(`/conversations/${message.conversationId}/messages`, {
          content: { kind: 'reaction', messageExternalId: message.externalId, emoji },
          clientId: crypto.randomUUID(),
        })
      } catch (error) {
        place(message)
        toast.error(t(`errors.${toProblem(error).code}`))
      }
    },
    async retry(message: Message) {
      try {
        place(await api.post<Message>(`/messages/${message.id}/retry`))
      } catch (error) {
        toast.error(t(`errors.${toProblem(error).code}`))
      }
    },
  }
  return actions
}

export type ConversationActions = ReturnType<typeof useConversationActions>
