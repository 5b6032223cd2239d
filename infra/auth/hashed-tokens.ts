import type { DBAdapter, DBTransactionAdapter, Where } from '@better-auth/core/db/adapter'
import { hashToken } from '#infra/crypto/tokens.ts'

type Query = { model: string; where?: Where[] | undefined }

/** The raw token by which a session is looked for, and the same question asked with its hash. */
function hashed<Q extends Query>(query: Q): { query: Q; raw: string | undefined } {
  if (query.model !== 'session' || query.where === undefined) return { query, raw: undefined }
  let raw: string | undefined
  const where = query.where.map((clause) => {
    if (clause.field !== 'token') return clause
    if (typeof clause.value === 'string') raw = clause.value
    const value = Array.isArray(clause.value)
      ? clause.value.map((token) => hashToken(String(token)))
      : hashToken(String(clause.value))
    return { ...clause, value }
  })
  return { query: { ...query, where }, raw }
}

/** Whoever asked by a raw token goes on with it: the library sets it into the cookie and asks by it again. */
function withRaw<T>(row: T, raw: string | undefined): T {
  if (raw === undefined || row === null || typeof row !== 'object') return row
  return { ...row, token: raw }
}

function wrap<A extends DBTransactionAdapter>(adapter: A): A {
  return {
    ...adapter,
    create: async (input) => {
      const raw: unknown = input.model === 'session' ? (input.data as Record<string, unknown>)['token'] : undefined
      if (typeof raw !== 'string') return adapter.create(input)
      const row = await adapter.create({ ...input, data: { ...input.data, token: hashToken(raw) } })
      return withRaw(row, raw) as never // The library's own row type, with one string replaced by another.
    },
    findOne: async (input) => {
      const { query, raw } = hashed(input)
      return withRaw(await adapter.findOne(query), raw) as never
    },
    findMany: (input) => adapter.findMany(hashed(input).query),
    count: (input) => adapter.count(hashed(input).query),
    update: async (input) => {
      const { query, raw } = hashed(input)
      return withRaw(await adapter.update(query), raw) as never
    },
    updateMany: (input) => adapter.updateMany(hashed(input).query),
    delete: (input) => adapter.delete(hashed(input).query),
    deleteMany: (input) => adapter.deleteMany(hashed(input).query),
    consumeOne: (input) => adapter.consumeOne(hashed(input).query),
    incrementOne: (input) => adapter.incrementOne(hashed(input).query),
  } satisfies DBTransactionAdapter as unknown as A
}

/**
 * Session tokens as the database keeps them: hashed, so that reading the table signs nobody in. The library looks for
 * sessions by token only; rows that it lists carry the hash, which is why ours are listed and ended by id.
 */
export function hashTokens(adapter: DBAdapter): DBAdapter {
  return { ...wrap(adapter), transaction: (work) => adapter.transaction((inner) => work(wrap(inner))) }
}
