import { type QueryClient, useQueryClient } from '@tanstack/svelte-query'
import { toast } from 'svelte-sonner'
import type { ChangeContact, Contact } from '#domain/contacts/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import { toProblem } from '#lib/api/problem.ts'
import { useSession } from '#lib/features/shell/session.svelte.ts'
import { useI18n } from '#lib/i18n/index.ts'

type Change = Omit<ChangeContact, 'version'>
/** Changes of one contact that are not answered yet, in the order they were made, and the version that the last answer told. */
type Turns = { waiting: Change[]; last: Promise<unknown>; version: number }

/** One line per contact, whoever shows it: two changes under way at once would carry one version, and the second be refused. */
const turnsOf = new WeakMap<QueryClient, Map<string, Turns>>()

function turnsAt(client: QueryClient, contactId: string): Turns {
  const ofAll = turnsOf.get(client) ?? new Map<string, Turns>()
  turnsOf.set(client, ofAll)
  const turns = ofAll.get(contactId) ?? { waiting: [], last: Promise.resolve(), version: 0 }
  ofAll.set(contactId, turns)
  return turns
}

function withChange(contact: Contact, { fields, ...attributes }: Change): Contact {
  const kept = Object.entries({ ...contact.fields, ...fields }).filter(([, value]) => value !== null)
  return { ...contact, ...attributes, fields: Object.fromEntries(kept) } as Contact
}

/** What takes a change back from a contact that others may have changed meanwhile. */
function undoOf(before: Contact, { fields, ...attributes }: Change): Change {
  const from = <T extends object>(there: T, names: object) =>
    Object.fromEntries(Object.keys(names).map((name) => [name, there[name as keyof T] ?? null]))
  return { ...from(before, attributes), ...(fields && { fields: from(before.fields, fields) }) }
}

/** Changes of one contact: shown at once, sent one after the other, taken back when they are refused or somebody was faster. */
export function createContactEdits(read: () => Contact) {
  const client = useQueryClient()
  const session = useSession()
  const { t } = useI18n()

  async function send(contact: Contact, change: Change, turns: Turns): Promise<boolean> {
    const queryKey = keys.contact(contact.id)
    const answered = (next: (shown: Contact) => Contact) => {
      turns.waiting.shift()
      // Where the contact is shown no more, as when they were erased, nothing of them is brought back.
      client.setQueryData<Contact>(queryKey, (shown) => shown && turns.waiting.reduce(withChange, next(shown)))
    }
    try {
      const version = Math.max(client.getQueryData<Contact>(queryKey)?.version ?? contact.version, turns.version)
      const after = await api.patch<Contact>(`/contacts/${contact.id}`, { ...change, version })
      turns.version = after.version
      answered(() => after)
      return true
    } catch (error) {
      answered((shown) => withChange(shown, undoOf(contact, change)))
      const { code } = toProblem(error)
      toast.error(code === 'conflict' ? t('contacts.changed_meanwhile') : t(`errors.${code}`))
      // Awaited, so that what stands behind it in the line is sent with the version there is now.
      await client.invalidateQueries({ queryKey, exact: true })
      return false
    }
  }

  return {
    get allowed() {
      return session.can('contacts.write')
    },
    save(change: Change): Promise<boolean> {
      const { id } = read()
      const before = client.getQueryData<Contact>(keys.contact(id)) ?? read()
      const turns = turnsAt(client, id)
      turns.waiting.push(change)
      client.setQueryData<Contact>(keys.contact(id), (shown) => shown && withChange(shown, change))
      const kept = turns.last.then(() => send(before, change, turns))
      turns.last = kept
      return kept
    },
  }
}
