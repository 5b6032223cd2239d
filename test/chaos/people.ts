import type { Business } from '../load/business.ts'
import { tokenIn, tokenOf } from '../load/echo-flow.ts'
import type { Random } from '../load/random.ts'
import type { Rows } from '../load/rows.ts'
import { pause } from '../load/until.ts'
import type { Customer } from './customers.ts'

/** People in the inbox: they take conversations over, answer what nobody has answered, and hand back. */
export type People = {
  counts: { takenOver: number; handedBack: number; answers: number; refused: number }
  /** From now on nobody is taken over, and nothing is handed back: only answers. */
  finish: () => void
  /** Whether every message of the conversations that people have is answered. */
  done: () => boolean
  stop: () => Promise<void>
}

type ThreadMessage = {
  direction: 'inbound' | 'outbound' | 'internal'
  content: { text?: string; title?: string; caption?: string }
  state: string | null
  automated: boolean
  seq: number | null
  createdAt: string
}
type Conversation = { id: string; owner: { kind: string }; handledSeq: number }
type Desk = {
  customer: Customer
  conversationId?: string
  phase: 'bot' | 'people' | 'closing'
  untilMs: number
  clear: boolean
}

const POLL_MS = 400
/** An answer whose fate is unknown for this long is nobody's but the person's who reads the thread. */
const UNKNOWN_MS = 150_000

export function startPeople(
  business: Business,
  { rows, customers, random }: { rows: Rows; customers: readonly Customer[]; random: Random },
): People {
  const { member } = business
  const counts = { takenOver: 0, handedBack: 0, answers: 0, refused: 0 }
  const soon = (min: number, max: number) => Date.now() + random.between(min, max)
  const desks: Desk[] = customers
    .filter(({ meetsPeople }) => meetsPeople)
    .map((customer) => ({ customer, phase: 'bot', untilMs: soon(6_000, 25_000), clear: false }))
  let finishing = false
  let stopped = false

  async function attend(desk: Desk): Promise<void> {
    desk.conversationId ??= await conversationOf(rows, member.tenantId, desk.customer)
    if (desk.conversationId === undefined) return
    if (desk.phase === 'bot' && (finishing || Date.now() < desk.untilMs)) return
    // What an answer did not say, the conversation does: a verb whose answer was lost is not repeated blindly.
    const conversation = await member.call<Conversation>('GET', `/conversations/${desk.conversationId}`)
    const owned = conversation.owner.kind === 'user'
    if (desk.phase === 'bot') {
      if (!owned) await member.call('POST', `/conversations/${desk.conversationId}/take-over`, {})
      counts.takenOver += 1
      Object.assign(desk, { phase: 'people', untilMs: soon(8_000, 25_000), clear: false })
      return
    }
    if (desk.phase === 'closing' && !owned) return back(desk)
    desk.clear = await answerAll(desk, conversation)
    if (desk.phase === 'people' && !finishing && Date.now() >= desk.untilMs) {
      desk.phase = 'closing'
      desk.customer.pausedByPeople = true
    } else if (desk.phase === 'closing' && desk.clear && !finishing) {
      await member.call('POST', `/conversations/${desk.conversationId}/hand-back`, {})
      back(desk)
    }
  }

  function back(desk: Desk): void {
    counts.handedBack += 1
    desk.customer.handedBack += 1
    desk.customer.pausedByPeople = false
    Object.assign(desk, { phase: 'bot', untilMs: soon(15_000, 40_000) })
  }

  /** In order, and never past a message whose answer may still come from the bot. */
  async function answerAll({ customer, conversationId }: Desk, { handledSeq }: Conversation): Promise<boolean> {
    const { items } = await member.call<{ items: ThreadMessage[] }>(
      'GET',
      `/conversations/${conversationId}/messages?limit=200`,
    )
    const answered = new Set<string>()
    const pending = new Set<string>()
    for (const message of items) {
      const token = message.direction === 'outbound' ? tokenIn(message.content.text ?? '') : undefined
      if (token === undefined || ['superseded', 'suppressed', 'failed'].includes(message.state ?? '')) continue
      const undecided = message.automated && ['queued', 'sending', 'unknown'].includes(message.state ?? '')
      if (!undecided) answered.add(token)
      else if (message.state !== 'unknown' || Date.now() - Date.parse(message.createdAt) < UNKNOWN_MS)
        pending.add(token)
    }
    const questions = items.filter(({ direction }) => direction === 'inbound').reverse()
    for (const { content, seq } of questions) {
      const token = spokenToken(content)
      if (token === undefined || answered.has(token)) continue
      if (pending.has(token) || seq === null || seq > handledSeq) return false
      await member.call('POST', `/conversations/${conversationId}/messages`, {
        content: { kind: 'text', text: `echo:${token} (from a person)` },
        clientId: `chaos-${token}`,
      })
      counts.answers += 1
    }
    const last = tokenOf(customer.contact, customer.written)
    return customer.written === 0 || questions.some(({ content }) => spokenToken(content) === last)
  }

  const running = Promise.all(
    desks.map(async (desk) => {
      while (!stopped) {
        await attend(desk).catch(() => {
          counts.refused += 1 // the API or Postgres is down: the same again in a moment
        })
        await pause(POLL_MS + random.between(0, POLL_MS))
      }
    }),
  )

  return {
    counts,
    finish() {
      finishing = true
      for (const desk of desks) {
        desk.customer.pausedByPeople = false
        desk.clear = false
      }
    },
    done: () => desks.every((desk) => desk.phase === 'bot' || desk.clear),
    async stop() {
      stopped = true
      await running
    },
  }
}

const spokenToken = ({ text, title, caption }: ThreadMessage['content']): string | undefined =>
  tokenIn(text ?? title ?? caption ?? '')

async function conversationOf(rows: Rows, tenantId: string, customer: Customer): Promise<string | undefined> {
  const found = await rows.all<{ id: string }>(
    `select v.id from conversations v
     join contact_identities i on i.tenant_id = v.tenant_id and i.contact_id = v.contact_id
     join channels c on c.id = v.channel_id
     where v.tenant_id = $1 and i.external_id = $2 and c.external_id = $3 order by v.id desc limit 1`,
    [tenantId, customer.phone, customer.phoneNumberId],
  )
  return found[0]?.id
}
