import { TAP_LINES_MAX, type TapLine } from '#domain/analytics/schema.ts'
import { part, query } from '../query.ts'
import { iso } from '../rows.ts'
import type { Tx } from '../tx.ts'

type Row = Omit<TapLine, 'lastAt' | 'flow'> & { flowId: string | null; flowName: string | null; lastAt: Date }

/** CH-17: what was tapped, by button and by where the button stood. The tap names the message that offered it. */
export async function countTaps(
  tx: Tx,
  { since, until, flowId }: { since: Date; until: Date; flowId?: string | undefined },
): Promise<TapLine[]> {
  const rows = await tx.rows<Row>(
    query(
      part`select t.content ->> 'source' as source, t.content ->> 'id' as "buttonId",
          (array_agg(t.content ->> 'title' order by t.id desc))[1] as title, f.id as "flowId", f.name as "flowName",
          o.node_id as "nodeId", case when o.kind = 'template' then o.content ->> 'name' end as "templateName",
          count(*) as "tapCount", count(distinct t.contact_id) as "contactCount", max(t.sent_at) as "lastAt"
        from messages t
        left join message_external_ids x on x.tenant_id = t.tenant_id and x.channel_id = t.channel_id
          and x.external_id = t.reply_to_external_id
        left join messages o on o.tenant_id = t.tenant_id and o.id = x.message_id
        left join runs r on r.tenant_id = t.tenant_id and r.id = o.run_id
        left join flows f on f.tenant_id = t.tenant_id and f.id = r.flow_id
        where t.kind = 'tap' and t.id >= uuid_floor(${since}) and t.id < uuid_floor(${until})`,
      flowId !== undefined && part`and f.id = ${flowId}`,
      part`group by 1, 2, 4, 5, 6, 7 order by count(*) desc, max(t.sent_at) desc limit ${TAP_LINES_MAX}`,
    ),
  )
  return rows.map(({ flowId: id, flowName, ...row }) => ({
    ...row,
    flow: id === null ? null : { id, name: flowName ?? '' },
    lastAt: iso(row.lastAt),
  }))
}
