import type { DBAdapter } from '@better-auth/core/db/adapter'

const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * The library looks for a person and then for how they sign in. Where there is nobody it would stop after the first
 * question, and how soon it answers would tell who has an account: so the second question is asked all the same.
 */
export function evenLookUps(adapter: DBAdapter): DBAdapter {
  return {
    ...adapter,
    findOne: async (input) => {
      const found = await adapter.findOne(input)
      if (found === null && input.join?.['account']) {
        await adapter.findMany({ model: 'account', where: [{ field: 'userId', value: NOBODY }] })
      }
      return found as never // The library's own row type, as it came.
    },
  }
}
