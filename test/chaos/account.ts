import type { Question } from './customers.ts'
import type { AcceptedSend, Evidence, InboundRow } from './evidence.ts'

export type Account = {
  posted: number
  acknowledged: number
  stored: number
  handled: number
  held: number
  answered: number
  answeredByPeople: number
  /** Not stored, or stored and never answered. */
  lost: string[]
  /** Stored twice, answered twice without a flag, or sent without a row. */
  duplicated: string[]
  /** Rows that may have left twice, and say so; some of them did. */
  flagged: number
  flaggedTwice: number
  repeatedPrompts: number
  /** Stored or answered in another order than written. */
  disordered: string[]
  deadItems: number
  runsFailed: number
  failureCodes: string[]
}

/** Joins what customers wrote with what the provider accepted, by the words in both. Pure: it only counts. */
export function countUp(questions: readonly Question[], evidence: Evidence): Account {
  const stored = groupBy(evidence.inbound, (row) => row.wamid)
  const sends = groupBy(evidence.sends, (send) => send.token)
  const allowance = new Map(questions.map(({ contact }) => [contact.contact, contact.handedBack]))
  const account: Account = {
    posted: questions.length,
    acknowledged: questions.length,
    stored: 0,
    handled: 0,
    held: 0,
    answered: 0,
    answeredByPeople: 0,
    lost: [],
    duplicated: [],
    flagged: [...evidence.outbound.values()].filter(({ flagged }) => flagged).length,
    flaggedTwice: 0,
    repeatedPrompts: 0,
    disordered: [],
    deadItems: [...evidence.items.values()].filter(({ state }) => state === 'dead').length,
    runsFailed: evidence.runsFailed.length,
    failureCodes: [...new Set(evidence.runsFailed)],
  }
  for (const question of questions) {
    const rows = stored.get(question.wamid) ?? []
    countStored(account, question, rows, evidence)
    countAnswers(account, { question, rows, sends: sends.get(question.token) ?? [] }, evidence, allowance)
  }
  account.disordered = [...disorderOfRows(questions, stored), ...disorderOfAnswers(questions, sends, evidence)]
  return account
}

function countStored(account: Account, question: Question, rows: readonly InboundRow[], { items }: Evidence): void {
  if (!items.has(question.wamid)) account.acknowledged -= 1
  if (rows.length > 0) account.stored += 1
  if (rows.length > 1) account.duplicated.push(`${question.token}: stored ${rows.length} times`)
  if (rows.some((row) => row.handled)) account.handled += 1
  if (rows.some((row) => row.seq === null)) account.held += 1
}

type Answered = { question: Question; rows: readonly InboundRow[]; sends: readonly AcceptedSend[] }

function countAnswers(
  account: Account,
  { question, rows, sends }: Answered,
  { outbound }: Evidence,
  allowance: Map<number, number>,
): void {
  const { token } = question
  if (rows.length === 0) account.lost.push(`${token}: not stored`)
  else if (sends.length === 0) account.lost.push(`${token}: stored, not answered`)
  if (sends.length === 0) return
  account.answered += 1
  const byRow = groupBy(sends, (send) => send.rowId ?? '')
  const known = [...byRow.keys()].map((id) => outbound.get(id))
  if (known.some((row) => row !== undefined && !row.automated)) account.answeredByPeople += 1
  for (const [id, times] of byRow) {
    const row = outbound.get(id)
    if (row === undefined) account.duplicated.push(`${token}: sent without a row`)
    else if (times.length > 1 && row.flagged) account.flaggedTwice += times.length - 1
    else if (times.length > 1) account.duplicated.push(`${token}: one row sent ${times.length} times, not flagged`)
  }
  // A hand-back lets the flow put its question once more, or for the first time: one row each, and no more than that.
  const { contact } = question.contact
  for (let extra = 1; extra < byRow.size; extra += 1) {
    const left = allowance.get(contact) ?? 0
    allowance.set(contact, left - 1)
    if (left > 0) account.repeatedPrompts += 1
    else account.duplicated.push(`${token}: answered by ${byRow.size} rows`)
  }
}

/** Within one conversation, a message written later has a higher seq. */
function disorderOfRows(questions: readonly Question[], stored: Map<string, InboundRow[]>): string[] {
  const found: string[] = []
  for (const [, own] of groupBy(questions, ({ contact }) => contact.contact)) {
    let last = 0
    for (const question of [...own].sort((left, right) => left.n - right.n)) {
      const seq = stored.get(question.wamid)?.[0]?.seq ?? null
      if (seq === null) continue
      if (seq <= last) found.push(`${question.token}: seq ${seq} after ${last}`)
      last = seq
    }
  }
  return found
}

/** First answers follow each other as their questions did. A flagged one may come late: its first attempt is unknown. */
function disorderOfAnswers(
  questions: readonly Question[],
  sends: Map<string, AcceptedSend[]>,
  { outbound }: Evidence,
): string[] {
  const found: string[] = []
  for (const [, own] of groupBy(questions, ({ contact }) => contact.contact)) {
    let last = 0
    for (const question of [...own].sort((left, right) => left.n - right.n)) {
      const first = sends.get(question.token)?.[0]
      if (first === undefined || outbound.get(first.rowId ?? '')?.flagged === true) continue
      if (first.n < last) found.push(`${question.token}: answered before the one before it`)
      last = Math.max(last, first.n)
    }
  }
  return found
}

function groupBy<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
