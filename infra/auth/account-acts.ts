import type { AuthPool } from './attempts.ts'

/** What somebody did to their account. The tables of sign-in note it in the transaction of the act itself. */
export type AccountAct = { id: string; personId: string; action: string; detail: Record<string, unknown>; at: Date }

export type AccountActs = {
  /**
   * Hands over what was noted and not told yet, in its order, and forgets it once `tell` has ended well. What somebody else
   * is telling is left to them; what a process died over is handed over again, with the same id.
   */
  tell(
    which: { personId: string } | { olderThanMs: number },
    tell: (acts: AccountAct[]) => Promise<void>,
  ): Promise<void>
}

const AT_ONCE = 100

export const createAccountActs = (pool: AuthPool): AccountActs => ({
  async tell(which, tell) {
    const [personId, olderThanMs] = 'personId' in which ? [which.personId, 0] : [null, which.olderThanMs]
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const { rows } = await client.query<AccountAct>(
        `select id, person_id as "personId", action, detail, at from account_acts
         where ($1::uuid is null or person_id = $1) and at <= now() - make_interval(secs => $2)
         order by seq limit $3 for update skip locked`,
        [personId, olderThanMs / 1_000, AT_ONCE],
      )
      if (rows.length > 0) {
        await tell(rows)
        await client.query('delete from account_acts where id = any($1::uuid[])', [rows.map(({ id }) => id)])
      }
      await client.query('commit')
    } catch (error) {
      await client.query('rollback').catch((rollbackError: Error) => {
        broken = rollbackError
      })
      throw error
    } finally {
      client.release(broken)
    }
  },
})
