import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import { DomainError } from '#domain/errors.ts'
import type { Passkey, PasskeyMade, PasskeyProof } from '#domain/people/second-factor.ts'
import { newId } from '#infra/ids.ts'
import type { AuthPool } from './attempts.ts'
import type { Ceremonies } from './ceremonies.ts'

const PASSKEYS_MAX = 20
const NAME = 'Holdfast'
/** Ed25519, ES256, RS256: what authenticators have. Newer ones are still experiments in the runtime. */
const ALGORITHMS = [-8, -7, -257]

export type Passkeys = {
  list(personId: string): Promise<Passkey[]>
  /** What `navigator.credentials.create` is asked. `key` is who may answer. */
  makeOptions(person: { personId: string; email: string; name: string }, key: string): Promise<object>
  /** Throws `invalid_input` when the answer does not fit what was asked. */
  add(input: { personId: string; name: string; made: PasskeyMade }, key: string): Promise<Passkey>
  rename(passkey: { personId: string; id: string; name: string }): Promise<Passkey | undefined>
  remove(passkey: { personId: string; id: string }): Promise<boolean>
  /** What `navigator.credentials.get` is asked: of the passkeys of one person, or of whoever has one. */
  proofOptions(personId: string | undefined, key: string): Promise<object>
  /**
   * Whose passkey it is, if the answer fits what was asked and the authenticator has seen its owner.
   * A challenge is answered once, whatever the answer.
   */
  prove(proof: PasskeyProof, key: string): Promise<string | undefined>
}

type Row = { id: string; name: string; createdAt: Date; lastUsedAt: Date | null }
const toPasskey = (row: Row): Passkey => ({
  id: row.id,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
})
const COLUMNS = 'id, name, created_at as "createdAt", last_used_at as "lastUsedAt"'

type Stored = { id: string; personId: string; publicKey: Buffer; counter: number; transports: string[] }
type Known = { id: string; transports: string[] }

/** The site that passkeys belong to is the first origin's host; the others are names of the same machine. */
export function createPasskeys(
  pool: AuthPool,
  { origins, ceremonies }: { origins: readonly string[]; ceremonies: Ceremonies },
): Passkeys {
  const rpID = new URL(origins[0] ?? 'http://localhost').hostname
  const expected = { expectedOrigin: [...origins], expectedRPID: rpID }

  const knownOf = async (personId: string): Promise<Known[]> =>
    (await pool.query<Known>('select credential_id as id, transports from passkeys where person_id = $1', [personId]))
      .rows

  async function storedBy(credentialId: string): Promise<Stored | undefined> {
    const { rows } = await pool.query<Stored>(
      `select id, person_id as "personId", public_key as "publicKey", counter, transports
       from passkeys where credential_id = $1`,
      [credentialId],
    )
    return rows[0]
  }

  return {
    async list(personId) {
      const { rows } = await pool.query<Row>(`select ${COLUMNS} from passkeys where person_id = $1 order by id`, [
        personId,
      ])
      return rows.map(toPasskey)
    },
    async makeOptions({ personId, email, name }, key) {
      const options = await generateRegistrationOptions({
        rpName: NAME,
        supportedAlgorithmIDs: ALGORITHMS,
        rpID,
        userID: new Uint8Array(Buffer.from(personId.replaceAll('-', ''), 'hex')),
        userName: email,
        userDisplayName: name,
        excludeCredentials: await knownOf(personId),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      })
      await ceremonies.begin(`make ${key}`, options.challenge)
      return options
    },
    async add({ personId, name, made }, key) {
      const expectedChallenge = await ceremonies.take(`make ${key}`)
      const answer =
        expectedChallenge === undefined
          ? undefined
          : await verifyRegistrationResponse({
              ...{ response: made, expectedChallenge, ...expected },
              supportedAlgorithmIDs: ALGORITHMS,
            }).catch(() => undefined)
      if (answer?.registrationInfo === undefined) {
        throw new DomainError('invalid_input', 'The answer of the authenticator does not fit.')
      }
      const { credential } = answer.registrationInfo
      const { rows } = await pool.query<Row>(
        `insert into passkeys (id, person_id, credential_id, public_key, counter, transports, name)
         select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from passkeys where person_id = $2) < $8
         on conflict (credential_id) do nothing returning ${COLUMNS}`,
        [
          ...[newId(), personId, credential.id, Buffer.from(credential.publicKey), credential.counter],
          ...[made.response.transports ?? [], name, PASSKEYS_MAX],
        ],
      )
      if (rows[0] === undefined) throw new DomainError('conflict', 'This passkey is known, or there are too many.')
      return toPasskey(rows[0])
    },
    async rename({ personId, id, name }) {
      const { rows } = await pool.query<Row>(
        `update passkeys set name = $3 where id = $1 and person_id = $2 returning ${COLUMNS}`,
        [id, personId, name],
      )
      return rows[0] && toPasskey(rows[0])
    },
    async remove({ personId, id }) {
      const { rowCount } = await pool.query('delete from passkeys where id = $1 and person_id = $2', [id, personId])
      return rowCount === 1
    },
    async proofOptions(personId, key) {
      const options = await generateAuthenticationOptions({
        rpID,
        userVerification: 'required',
        ...(personId !== undefined && { allowCredentials: await knownOf(personId) }),
      })
      await ceremonies.begin(`prove ${key}`, options.challenge)
      return options
    },
    async prove(proof, key) {
      const expectedChallenge = await ceremonies.take(`prove ${key}`)
      const stored = await storedBy(proof.id)
      if (expectedChallenge === undefined || stored === undefined) return undefined
      const { publicKey, counter, transports } = stored
      const credential = { id: proof.id, publicKey: new Uint8Array(publicKey), counter, transports }
      const { userHandle, ...answer } = proof.response
      const response = { ...proof, response: { ...answer, ...(userHandle !== undefined && { userHandle }) } }
      const checked = await verifyAuthenticationResponse({
        response,
        expectedChallenge,
        credential,
        ...expected,
      }).catch(() => undefined)
      if (checked?.verified !== true) return undefined
      await pool.query('update passkeys set counter = $2, last_used_at = now() where id = $1', [
        stored.id,
        checked.authenticationInfo.newCounter,
      ])
      return stored.personId
    },
  }
}
