import { randomBytes, randomInt } from 'node:crypto'
import { DomainError } from '#domain/errors.ts'
import { decryptField, encryptField } from '#infra/crypto/field.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { hashToken } from '#infra/crypto/tokens.ts'
import type { AuthPool } from './attempts.ts'
import { base32, TOTP_SECRET_BYTES, totpStepOf } from './totp.ts'

const RECOVERY_CODES = 10
/** No letters that look like digits: people copy these from paper. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const CODE_LETTERS = 12

export type FactorState = { totp: boolean; recoveryCodesLeft: number }

/** What a person has beside their password, and the proofs of it. Passkeys stand in a file of their own. */
export type SecondFactors = {
  state(personId: string): Promise<FactorState>
  /** Makes a secret that holds once a code of it has been shown. Throws `conflict` when there is one that holds. */
  beginTotp(personId: string): Promise<string>
  /** Throws `invalid_input` for a code that is not of the new secret. */
  confirmTotp(proof: { personId: string; code: string }): Promise<void>
  removeTotp(personId: string): Promise<boolean>
  /** False for a code that does not fit, or that has been used: a code is good once. */
  proveTotp(proof: { personId: string; code: string }): Promise<boolean>
  /** False for a code that is not theirs, or that has been used. */
  useRecoveryCode(proof: { personId: string; code: string }): Promise<boolean>
  /** Ten new codes; the old ones end. Only their hashes are kept. With a new factor they are part of that act, else one of its own. */
  newRecoveryCodes(personId: string, as: { act: 'own' | 'part' }): Promise<string[]>
  dropRecoveryCodes(personId: string): Promise<void>
}

type SecretRow = { secret: Buffer; confirmed: boolean }

const placeOf = (personId: string) => ({ table: 'totp_secrets', column: 'secret', tenantId: personId })

function newCode(): string {
  const letters = Array.from({ length: CODE_LETTERS }, () => LETTERS[randomInt(LETTERS.length)])
  return (letters.join('').match(/.{4}/g) ?? []).join('-')
}

/** As typed: upper case, spaces and missing dashes are forgiven. */
const recoveryHash = (code: string): string => hashToken(code.toLowerCase().replace(/[^a-z0-9]/g, ''))

export function createSecondFactors(
  pool: AuthPool,
  { keyRing, nowMs }: { keyRing: KeyRing; nowMs: () => number },
): SecondFactors {
  async function secretOf(personId: string) {
    const { rows } = await pool.query<SecretRow>(
      'select secret, confirmed_at is not null as confirmed from totp_secrets where person_id = $1',
      [personId],
    )
    const row = rows[0]
    if (row === undefined) return undefined
    const bytes = Buffer.from(decryptField(keyRing, placeOf(personId), row.secret), 'base64')
    return { bytes, confirmed: row.confirmed }
  }

  /** The step only ever grows, so a code that was seen, or an older one, is refused even if both come at once. */
  async function spend(personId: string, step: number, confirmed: boolean): Promise<boolean> {
    const { rowCount } = await pool.query(
      `update totp_secrets set last_step = $2, confirmed_at = coalesce(confirmed_at, now())
       where person_id = $1 and last_step < $2 and (confirmed_at is not null) = $3`,
      [personId, step, confirmed],
    )
    return rowCount === 1
  }

  return {
    async state(personId) {
      const { rows } = await pool.query<FactorState>(
        `select exists (select 1 from totp_secrets where person_id = $1 and confirmed_at is not null) as totp,
           (select count(*)::int from recovery_codes where person_id = $1 and used_at is null) as "recoveryCodesLeft"`,
        [personId],
      )
      return rows[0]!
    },
    async beginTotp(personId) {
      const secret = randomBytes(TOTP_SECRET_BYTES)
      const sealed = Buffer.from(encryptField(keyRing, placeOf(personId), secret.toString('base64')))
      const { rowCount } = await pool.query(
        `insert into totp_secrets as t (person_id, secret) values ($1, $2)
         on conflict (person_id) do update set secret = excluded.secret, created_at = now(), last_step = 0
         where t.confirmed_at is null`,
        [personId, sealed],
      )
      if (rowCount !== 1) throw new DomainError('conflict', 'There is an authenticator app already; remove it first.')
      return base32(secret)
    },
    async confirmTotp({ personId, code }) {
      const secret = await secretOf(personId)
      if (secret === undefined || secret.confirmed)
        throw new DomainError('conflict', 'No authenticator app is waiting.')
      const step = totpStepOf(secret.bytes, { code, nowMs: nowMs() })
      if (step === undefined || !(await spend(personId, step, false))) {
        const errors = [{ path: '/code', code: 'wrong_code', message: 'This is not the code of now.' }]
        throw new DomainError('invalid_input', 'The code does not fit.', { errors })
      }
    },
    async removeTotp(personId) {
      return (await pool.query('delete from totp_secrets where person_id = $1', [personId])).rowCount === 1
    },
    async proveTotp({ personId, code }) {
      const secret = await secretOf(personId)
      if (secret === undefined || !secret.confirmed) return false
      const step = totpStepOf(secret.bytes, { code, nowMs: nowMs() })
      return step !== undefined && (await spend(personId, step, true))
    },
    async useRecoveryCode({ personId, code }) {
      const { rowCount } = await pool.query(
        'update recovery_codes set used_at = now() where person_id = $1 and hash = $2 and used_at is null',
        [personId, recoveryHash(code)],
      )
      return rowCount === 1
    },
    async newRecoveryCodes(personId, { act }) {
      const codes = Array.from({ length: RECOVERY_CODES }, newCode)
      await pool.query(
        `with gone as (delete from recovery_codes where person_id = $1),
           noted as (insert into account_acts (person_id, action) select $1, 'auth.recovery_codes' where $3)
         insert into recovery_codes (person_id, hash) select $1, unnest($2::text[])`,
        [personId, codes.map(recoveryHash), act === 'own'],
      )
      return codes
    },
    async dropRecoveryCodes(personId) {
      await pool.query('delete from recovery_codes where person_id = $1', [personId])
    },
  }
}
