import { confirmationLanguage, confirmationText } from '#domain/consents/confirmations.ts'
import { OPT_WORD_CHARS_MAX, type OptWord, readOptWord } from '#domain/consents/opt-words.ts'
import type { ConsentCategory } from '#domain/contacts/schema.ts'
import { sql, type Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { consentTo, setConsent } from './consents.ts'
import { appendEvents } from './events.ts'
import { lockConversation, ringBell, saveMailbox } from './mailbox/conversation-row.ts'
import { planOutbound } from './mailbox/message-row.ts'
import type { ReactionEvent } from './reactions.ts'
import { suppress } from './suppressions.ts'

/** What a stop ends: all that the tenant begins. Answers to what the contact writes are service, and go on. */
const ENDED: readonly ConsentCategory[] = ['marketing', 'utility']
const SOURCE = 'contact_message'

type Said = { messageId: string; contactId: string; conversationId: string; text: string }

/** Which of these events are messages that could be a word of consent. Read off the path of the message, a page at once. */
export async function siftOptWords(
  tx: Tx,
  { tenantId, eventIds }: { tenantId: string; eventIds: readonly string[] },
): Promise<Set<string>> {
  const rows = await tx.rows<{ id: string; text: string }>(sql`
    select e.id, coalesce(m.content ->> 'text', m.content ->> 'title') as text
    from events e join messages m on m.tenant_id = e.tenant_id and m.id = e.subject_id
    where e.tenant_id = ${tenantId} and e.id = any(${eventIds}::uuid[]) and m.direction = 'inbound'
      and m.kind in ('text', 'tap') and length(coalesce(m.content ->> 'text', m.content ->> 'title')) <= ${OPT_WORD_CHARS_MAX}`)
  return new Set(rows.filter(({ text }) => readOptWord(text) !== undefined).map(({ id }) => id))
}

/**
 * CAMP-33: a whole message that asks for no more, or for messages again, changes consent with itself as the proof, and is
 * confirmed once. Told twice of the same message, nothing happens twice; what was said later is not undone by an older word.
 */
export async function reactToOptWord(tx: Tx, event: ReactionEvent, nowMs: number): Promise<void> {
  const { tenantId, subjectId: messageId } = event
  const said = await tx.row<Said>(sql`
    select m.id as "messageId", m.contact_id as "contactId", m.conversation_id as "conversationId",
      coalesce(m.content ->> 'text', m.content ->> 'title') as text
    from messages m where m.tenant_id = ${tenantId} and m.id = ${messageId} and m.kind in ('text', 'tap')`)
  const word = said && readOptWord(said.text)
  if (said === undefined || word === undefined) return
  if (await isSettled(tx, tenantId, said)) return
  const acting: Acting = { tenantId, actor: { kind: 'contact', id: said.contactId } }
  const changed = word.kind === 'stop' ? await stop(tx, acting, said) : await takeBack(tx, acting, said, word)
  if (changed) await confirm(tx, { tenantId, said, word, nowMs })
}

/** It was carried out before, or a later word of the same contact decides instead. */
async function isSettled(tx: Tx, tenantId: string, { messageId, contactId, conversationId }: Said): Promise<boolean> {
  await tx.row(sql`select 1 from contacts where id = ${contactId} for update`)
  const done = await tx.row(sql`
    select 1 from consent_changes where tenant_id = ${tenantId} and contact_id = ${contactId} and message_id = ${messageId}`)
  if (done !== undefined) return true
  const later = await tx.rows<{ text: string | null }>(sql`
    select coalesce(content ->> 'text', content ->> 'title') as text from messages
    where tenant_id = ${tenantId} and conversation_id = ${conversationId} and id > ${messageId} and direction = 'inbound'
      and kind in ('text', 'tap') order by id limit 50`)
  return later.some(({ text }) => text !== null && readOptWord(text) !== undefined)
}

/** Also where a person of the tenant has ended it before: their entry may be lifted, the contact's word holds on. */
async function stop(tx: Tx, acting: Acting, said: Said): Promise<boolean> {
  const { contactId, messageId, text: evidence } = said
  let changed = false
  for (const category of ENDED) {
    const entry = await suppress(tx, acting, { ...said, category, reason: 'opt_out_word', note: '' })
    if (entry?.fresh !== true && (await consentTo(tx, contactId, category)) === 'withdrawn') continue
    await setConsent(tx, acting, { contactId, category, state: 'withdrawn', source: SOURCE, evidence, messageId })
    changed = true
  }
  return changed
}

/** Whether a contact had agreed when their own words began to stop it. */
const hadAgreed = async (tx: Tx, contactId: string, category: ConsentCategory): Promise<boolean> =>
  (
    await tx.row<{ state: string }>(sql`
      select state from consent_changes where contact_id = ${contactId} and category = ${category}
        and not (state = 'withdrawn' and source = ${SOURCE}) order by at desc, id desc limit 1`)
  )?.state === 'granted'

/**
 * Only what the contact's own word had ended begins again; what a person of the tenant ended stays ended. Utility needs no
 * consent, so it is given back; marketing only to who had agreed to it, or asks for it now.
 */
async function takeBack(tx: Tx, acting: Acting, said: Said, word: OptWord): Promise<boolean> {
  const { contactId, messageId, text: evidence } = said
  const lifted = await tx.rows<{ category: ConsentCategory }>(sql`
    delete from suppressions where contact_id = ${contactId} and reason = 'opt_out_word' returning category`)
  const wanted = new Set<ConsentCategory>(word.kind === 'join' ? ['marketing'] : [])
  for (const { category } of lifted) {
    if (category !== 'marketing' || (await hadAgreed(tx, contactId, category))) wanted.add(category)
  }
  let changed = lifted.length > 0
  for (const category of wanted) {
    if ((await consentTo(tx, contactId, category)) === 'granted') continue
    await setConsent(tx, acting, { contactId, category, state: 'granted', source: SOURCE, evidence, messageId })
    changed = true
  }
  return changed
}

/** One answer, as a person would give it: the window is open, because the contact has just written. */
async function confirm(
  tx: Tx,
  { tenantId, said, word, nowMs }: { tenantId: string; said: Said; word: OptWord; nowMs: number },
): Promise<void> {
  const names = await tx.row<{ locale: string | null; tenantName: string; tenantLocale: string }>(sql`
    select c.locale, t.name as "tenantName", t.locale as "tenantLocale" from contacts c join tenants t on t.id = c.tenant_id
    where c.id = ${said.contactId}`)
  const conversation = await lockConversation(tx, said.conversationId)
  const isOpen = conversation.mailbox.state !== 'closed' && (conversation.windowExpiresAt?.getTime() ?? 0) > nowMs
  if (names === undefined || !isOpen) return
  const known = { contactLocale: names.locale, wordLanguage: word.language, tenantLocale: names.tenantLocale }
  const language = confirmationLanguage(known)
  const text = confirmationText(language, word.kind === 'stop' ? 'stopped' : 'again', names.tenantName)
  const outbox = planOutbound({
    tenantId,
    conversation,
    epoch: conversation.mailbox.epoch,
    actor: { kind: 'system' },
    messages: [
      {
        content: { kind: 'text', text },
        senderType: 'system',
        automated: false,
        messageClass: 'reply',
        cause: { kind: 'consent', messageId: said.messageId },
      },
    ],
  })
  outbox.insert(tx)
  saveMailbox(tx, said.conversationId, conversation.mailbox, outbox.written)
  appendEvents(tx, outbox.events)
  ringBell(tx, tenantId, said.conversationId)
}
