import type { Rows } from '../load/rows.ts'

const SHOWN_MAX = 5

/** What the rows know about messages that went wrong, before the house that holds them is gone. */
export async function diagnose(rows: Rows, tenantId: string, findings: readonly string[]): Promise<string[]> {
  const lines: string[] = []
  const tokens = [...new Set(findings.map((finding) => finding.split(':')[0]!))]
  for (const token of tokens.slice(0, SHOWN_MAX)) {
    lines.push('', `What is known about ${token}:`)
    const [place] = await rows.all<{ conversationId: string }>(
      `select conversation_id as "conversationId" from messages
       where tenant_id = $1 and direction = 'inbound' and content::text ~ ('\\m' || $2 || '\\M') limit 1`,
      [tenantId, token],
    )
    if (place === undefined) {
      lines.push('  no row holds it')
      continue
    }
    for (const { what, text, values } of questionsAbout(tenantId, place.conversationId, token)) {
      const found = await rows.all<Record<string, unknown>>(text, values)
      lines.push(...found.map((row) => `  ${what} ${JSON.stringify(row)}`))
    }
  }
  return lines
}

function questionsAbout(tenantId: string, conversationId: string, token: string) {
  const values = [tenantId, conversationId]
  return [
    {
      what: 'conversation',
      text: `select state, owner_kind, epoch, cut_epoch, last_seq, handled_seq, needs_people from conversations
        where tenant_id = $1 and id = $2`,
      values,
    },
    {
      what: 'message',
      text: `select direction, sender_type, kind, seq, outbound_seq, state, epoch, attempt, failure, possible_duplicate,
          created_at, sending_at, settled_at from messages
        where tenant_id = $1 and conversation_id = $2 and content::text ~ ('\\m' || $3 || '\\M') order by id`,
      values: [...values, token],
    },
    {
      what: 'sent again',
      text: `select substring(content ->> 'text' from 'k[0-9]+-[0-9]+') as token, count(*)::int as rows,
          array_agg(state order by id) as states from messages
        where tenant_id = $1 and conversation_id = $2 and direction = 'outbound' group by 1 having count(*) > 1`,
      values,
    },
    {
      what: 'run',
      text: `select id, state, posture, outcome, error_code, parked_code, turn, started_at, updated_at, ended_at from runs
        where tenant_id = $1 and conversation_id = $2 order by started_at`,
      values,
    },
    {
      what: 'line',
      text: `select content ->> 'code' as code, content -> 'params' as params, created_at from messages
        where tenant_id = $1 and conversation_id = $2 and direction = 'internal' order by id desc limit 6`,
      values,
    },
    {
      what: 'run event',
      text: `select e.turn, e.kind, e.node_id, e.detail, e.at from run_events e join runs r on r.id = e.run_id
        where e.tenant_id = $1 and r.conversation_id = $2 and e.kind in ('fault', 'problem', 'floor', 'resumed', 'ended', 'fixed')
        order by e.id desc limit 8`,
      values,
    },
  ]
}
