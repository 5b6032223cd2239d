import { sql, type Tx } from '../../tx.ts'

/** So that a tenant with a hundred thousand silent conversations does not stand in the way of those who write. */
const APART_MS = 20

/** Lets every conversation that only the bot has known look anew at when it ends, one after the other. */
export async function ringSilent(tx: Tx, tenantId: string): Promise<void> {
  await tx.run(sql`
    insert into bells (conversation_id, tenant_id, due_at)
    select id, ${tenantId}, now() + row_number() over (order by last_message_at) * interval '1 millisecond' * ${APART_MS}::int
    from conversations where tenant_id = ${tenantId} and state = 'bot'
    -- As all do who ring many: two who ring the same ones wait for each other and never in a circle.
    order by id
    on conflict (conversation_id) do update set version = bells.version + 1, due_at = excluded.due_at
      where bells.rung >= bells.version`)
  tx.wake('bells')
}
