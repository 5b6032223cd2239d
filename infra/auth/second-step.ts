import { DomainError } from '#domain/errors.ts'
import type { Confirmation, PasskeyProof, SecondFactor, SecondFactorProof } from '#domain/people/second-factor.ts'
import { newToken } from '#infra/crypto/tokens.ts'
import type { Attempts } from './attempts.ts'
import type { Caller, SignedIn } from './auth.ts'
import type { Ceremonies } from './ceremonies.ts'
import { cookieLine, readCookie } from './cookies.ts'
import type { Passkeys } from './passkeys.ts'
import type { SecondFactors } from './second-factors.ts'

const PENDING_COOKIE = 'holdfast.second_factor'
const PASSKEY_COOKIE = 'holdfast.passkey'
const COOKIE_SECONDS = 600

type Answer = { options: object; cookies: string[] }

/** What comes after the password, and what stands in its place. */
export type SecondStep = {
  /** The ways in which a person may prove a second time; none when the password is all they have. */
  methodsOf(personId: string): Promise<SecondFactor[]>
  /** Keeps a sign-in whose password was right until its second factor comes. */
  wait(personId: string): Promise<string[]>
  /** Throws `unauthenticated` for a wrong proof and when nothing waits; a proof that was used is wrong. */
  finishSignIn(proof: SecondFactorProof, caller: Caller): Promise<SignedIn>
  waitingPasskeyOptions(caller: Caller): Promise<object>
  /** A passkey alone: it is something one has, opened by something one knows or is. */
  passkeyOptions(): Promise<Answer>
  signInByPasskey(proof: PasskeyProof, caller: Caller): Promise<SignedIn>
  confirmOptions(session: { sessionId: string; personId: string }): Promise<object>
  /** Whoever is signed in shows again that it is them. A password does not do for who has a second factor. */
  confirm(session: { sessionId: string; personId: string }, proof: Confirmation): Promise<void>
  /** Ends every session of the person and opens a new one. */
  renew(personId: string, caller: Caller): Promise<SignedIn>
}

export type SecondStepParts = {
  attempts: Attempts
  ceremonies: Ceremonies
  factors: SecondFactors
  passkeys: Passkeys
  secure: boolean
  openSession(personId: string, caller: Caller): Promise<string[]>
  checkPassword(personId: string, password: string): Promise<boolean>
  revokeAll(personId: string): Promise<void>
}

const wrong = () => new DomainError('unauthenticated', 'This does not prove that it is you.')

export function createSecondStep(parts: SecondStepParts): SecondStep {
  const { attempts, ceremonies, factors, passkeys, secure, openSession } = parts
  const dropped = (name: string) => cookieLine({ name, value: '', maxAgeSeconds: 0, secure })
  const kept = (name: string, value: string) => cookieLine({ name, value, maxAgeSeconds: COOKIE_SECONDS, secure })

  async function methodsOf(personId: string): Promise<SecondFactor[]> {
    const [{ totp, recoveryCodesLeft }, keys] = await Promise.all([factors.state(personId), passkeys.list(personId)])
    if (!totp && keys.length === 0) return []
    const all = [totp && 'totp', keys.length > 0 && 'passkey', recoveryCodesLeft > 0 && 'recovery'] as const
    return all.filter((method) => method !== false)
  }

  async function fits(personId: string, proof: SecondFactorProof, key: string): Promise<boolean> {
    if (proof.code !== undefined) return factors.proveTotp({ personId, code: proof.code })
    if (proof.recoveryCode !== undefined) return factors.useRecoveryCode({ personId, code: proof.recoveryCode })
    return proof.passkey !== undefined && (await passkeys.prove(proof.passkey, key)) === personId
  }

  /** Counted before it is judged, so that guesses at the same instant do not slip past the limit together. */
  async function judged(personId: string, judge: () => Promise<boolean>): Promise<void> {
    await attempts.count('secondFactor', personId)
    if (!(await judge())) throw wrong()
    await attempts.clear('secondFactor', personId)
  }

  async function waiting(caller: Caller): Promise<{ token: string; personId: string }> {
    const token = readCookie(caller.headers, PENDING_COOKIE)
    const personId = token === undefined ? undefined : await ceremonies.pending(token)
    if (token === undefined || personId === undefined) throw wrong()
    return { token, personId }
  }

  return {
    methodsOf,
    async wait(personId) {
      return [kept(PENDING_COOKIE, await ceremonies.addPending(personId))]
    },
    async finishSignIn(proof, caller) {
      const { token, personId } = await waiting(caller)
      await judged(personId, () => fits(personId, proof, token))
      if (!(await ceremonies.takePending(token))) throw wrong()
      const cookies = await openSession(personId, caller)
      return { state: 'signed_in', personId, methods: [], cookies: [...cookies, dropped(PENDING_COOKIE)] }
    },
    async waitingPasskeyOptions(caller) {
      const { token, personId } = await waiting(caller)
      return passkeys.proofOptions(personId, token)
    },
    async passkeyOptions() {
      const token = newToken()
      return { options: await passkeys.proofOptions(undefined, token), cookies: [kept(PASSKEY_COOKIE, token)] }
    },
    async signInByPasskey(proof, caller) {
      const token = readCookie(caller.headers, PASSKEY_COOKIE)
      const personId = token === undefined ? undefined : await passkeys.prove(proof, token)
      if (personId === undefined) throw wrong()
      const cookies = await openSession(personId, caller)
      return { state: 'signed_in', personId, methods: [], cookies: [...cookies, dropped(PASSKEY_COOKIE)] }
    },
    confirmOptions: ({ sessionId, personId }) => passkeys.proofOptions(personId, `confirm ${sessionId}`),
    async confirm({ sessionId, personId }, proof) {
      const { password } = proof
      await judged(personId, async () => {
        if (password === undefined) return fits(personId, proof, `confirm ${sessionId}`)
        return (await methodsOf(personId)).length === 0 && (await parts.checkPassword(personId, password))
      })
    },
    async renew(personId, caller) {
      await Promise.all([parts.revokeAll(personId), ceremonies.dropPending(personId)])
      return { state: 'signed_in', personId, methods: [], cookies: await openSession(personId, caller) }
    },
  }
}
