import { useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { Conversation, ConversationSummary } from '#domain/conversations/schema.ts'
import type { TagRef } from '#domain/tags/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { type MessageKey, useI18n } from '#lib/i18n/index.ts'
import { placeRow } from '#lib/live/follow.svelte.ts'
import { inTurns } from './in-turns.ts'

type Verb = 'assign' | 'close' | 'reopen' | 'snooze' | 'read'
type Act = [verb: Verb, body: Record<string, unknown>]
type Rows = readonly ConversationSummary[]

/** What is done with many conversations: tags in one act of the API, all else conversation by conversation. */
export function useBulkActions() {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()
  let pending = $state(false)

  async function act<T>(work: () => Promise<T>): Promise<T> {
    pending = true
    try {
      return await work()
    } finally {
      pending = false
      for (const queryKey of [keys.conversations(), keys.counts]) void client.invalidateQueries({ queryKey })
    }
  }

  /** @returns the ids that the verb was done with; the others are told about. */
  async function each(ids: readonly string[], ...[verb, body]: Act): Promise<string[]> {
    const done: string[] = []
    const refused = await inTurns(ids, async (id) => {
      const answer = await api.post<Conversation>(`/conversations/${id}/${verb}`, body)
      placeRow(client, answer, session.personId)
      done.push(id)
    })
    if (refused.length > 0) {
      const reason = t(`errors.${toProblem(refused[0]).code}`)
      toast.error(t('inbox.bulk_failed', { failed: refused.length, total: ids.length, reason }))
    }
    return done
  }

  function tell(text: MessageKey, count: number, undo?: () => Promise<unknown>, values: Record<string, string> = {}) {
    if (count === 0) return
    const action = undo && { label: t('common.undo'), onClick: () => void act(async () => void (await undo())) }
    toast.success(t(text, { ...values, count }), action ? { action } : {})
  }

  const idsOf = (rows: Rows) => rows.map(({ id }) => id)

  /** What can take rows to other views. @returns the ids it was done with. */
  const moved = (rows: Rows, [verb, body]: Act, { text, back }: { text: MessageKey; back?: Act }) =>
    act(async () => {
      const done = await each(idsOf(rows), verb, body)
      tell(text, done.length, back && (() => each(done, ...back)))
      return done
    })

  async function putTag(ids: readonly string[], tag: TagRef, on: boolean): Promise<boolean> {
    const [add, remove] = on ? [[tag.id], []] : [[], [tag.id]]
    try {
      await api.post('/conversations/tags', { conversationIds: ids, add, remove })
      for (const id of ids) void client.invalidateQueries({ queryKey: keys.conversation(id) })
      return true
    } catch (error) {
      toast.error(t(`errors.${toProblem(error).code}`))
      return false
    }
  }

  return {
    get pending() {
      return pending
    },
    close: (rows: Rows) =>
      moved(rows, ['close', { reason: 'resolved' }], { text: 'inbox.bulk_closed', back: ['reopen', {}] }),
    reopen: (rows: Rows) => moved(rows, ['reopen', {}], { text: 'inbox.bulk_reopened' }),
    snooze: (rows: Rows, until: Date) =>
      moved(rows, ['snooze', { until: until.toISOString() }], {
        text: 'inbox.bulk_snoozed',
        back: ['snooze', { until: null }],
      }),
    assign: (rows: Rows, personId: string | null) =>
      moved(rows, ['assign', { personId }], { text: 'inbox.bulk_assigned' }),
    markRead: (rows: Rows) =>
      act(async () => {
        tell('inbox.bulk_read', (await each(idsOf(rows), 'read', {})).length)
        void client.invalidateQueries({ queryKey: keys.unreadNotices })
      }),
    /** Only those that are otherwise are touched, so that the way back changes no others either. */
    tag: (rows: Rows, tag: TagRef, on: boolean) =>
      act(async () => {
        const due = idsOf(rows.filter(({ tags }) => tags.some(({ id }) => id === tag.id) !== on))
        if (due.length === 0 || !(await putTag(due, tag, on))) return
        tell(on ? 'inbox.bulk_tagged' : 'inbox.bulk_untagged', due.length, () => putTag(due, tag, !on), {
          tag: tag.name,
        })
      }),
  }
}
export type BulkActions = ReturnType<typeof useBulkActions>
