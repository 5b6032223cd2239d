import type { AuthPool } from './attempts.ts'

/** What somebody did to their account. The tables of sign-in note it in the transaction of the act itself. */
export type AccountAct = { id: string; personId: string; action: string; detail: Record<string, unknown>; at: Date }

export type AccountActs = {
  /**
   * Hands over what was noted and not told yet, one act after the other, and forgets each once `tell` has ended well. What
   * somebody else is telling is left to them; what a process died over is handed over again, with the same id. An act that
   * cannot be told holds up no other; the first failure is thrown at the end.
   */
  tell(which: { personId: string } | { olderThanMs: number }, tell: (act: AccountAct) => Promise<void>): Promise<void>
  /** The newest change of a password was a reset: its row looks the same. */
  wasReset(personId: string): Promise<void>
}

const AT_ONCE = 100

export function createAccountActs(pool: AuthPool): AccountActs {
  async function tellOne(seq: string, tell: (act: AccountAct) => Promise<void>): Promise<void> {
    const client = await pool.connect()
    let broken: Error | undefined
    try {
      await client.query('begin')
      const { rows } = await client.query<AccountAct>(
        `select id, person_id as "personId", action, detail, at from account_acts where seq = $1 for update skip locked`,
        [seq],
      )
      if (rows[0] !== undefined) {
        await tell(rows[0])
        await client.query('delete from account_acts where seq = $1', [seq])
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
  }

  return {
    async tell(which, tell) {
      const [personId, olderThanMs] = 'personId' in which ? [which.personId, 0] : [null, which.olderThanMs]
      const { rows } = await pool.query<{ seq: string }>(
        `select seq from account_acts
         where ($1::uuid is null or person_id = $1) and at <= now() - make_interval(secs => $2) order by seq limit $3`,
        [personId, olderThanMs / 1_000, AT_ONCE],
      )
      const failures: unknown[] = []
      for (const { seq } of rows) await tellOne(seq, tell).catch((error: unknown) => failures.push(error))
      if (failures.length > 0) throw failures[0]
    },
    async wasReset(personId) {
      await pool.query(
        `update account_acts set action = 'auth.password_reset' where seq = (
           select max(seq) from account_acts where person_id = $1 and action = 'auth.password_change')`,
        [personId],
      )
    },
  }
}
