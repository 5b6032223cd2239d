import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import {
  ChangePassword,
  ForgotPassword,
  ResetPassword,
  SignIn,
  SignInAnswer,
  SignInSession,
  SignUp,
} from '#domain/people/schema.ts'
import { networkOf } from '#infra/auth/attempts.ts'
import { getPerson } from '#infra/db/stores/people.ts'
import { addWorkspace } from '#infra/db/stores/workspaces.ts'
import { newId } from '#infra/ids.ts'
import { auditAccount, auditSession } from '../account-audit.ts'
import type { AppEnv } from '../deps.ts'
import { callerAddress } from '../middleware/address.ts'
import { feature, IdParam, json, jsonBody, NO_CONTENT, route } from '../routing.ts'
import { callerOf, completeSignIn, sessionOf, setCookies } from '../sign-in.ts'

const tags = ['Sign-in']

const signUpRoute = route({
  method: 'post',
  path: '/sign-up',
  access: 'public',
  tags,
  summary: 'Make an account and a tenant with a complete workspace',
  request: { body: jsonBody(SignUp) },
  responses: { 201: json(SignInAnswer, 'Signed in.') },
})

const signInRoute = route({
  method: 'post',
  path: '/sign-in',
  access: 'public',
  tags,
  summary: 'Sign in',
  request: { body: jsonBody(SignIn) },
  responses: { 200: json(SignInAnswer, 'Signed in, or a second factor is asked for.') },
})

const signOutRoute = route({
  method: 'post',
  path: '/sign-out',
  access: 'public',
  tags,
  summary: 'End this session',
  responses: NO_CONTENT,
})

const forgotRoute = route({
  method: 'post',
  path: '/password/forgot',
  access: 'public',
  tags,
  summary: 'Ask for a mail with which a new password can be chosen',
  request: { body: jsonBody(ForgotPassword) },
  responses: { 202: { description: 'A mail is on its way if the address is known.' } },
})

const resetRoute = route({
  method: 'post',
  path: '/password/reset',
  access: 'public',
  tags,
  summary: 'Choose a new password; every session ends',
  request: { body: jsonBody(ResetPassword) },
  responses: NO_CONTENT,
})

const changePasswordRoute = route({
  method: 'post',
  path: '/password/change',
  access: 'signed_in',
  tags,
  summary: 'Change your password; every other session ends',
  request: { body: jsonBody(ChangePassword) },
  responses: NO_CONTENT,
})

const sessionsRoute = route({
  method: 'get',
  path: '/sessions',
  access: 'signed_in',
  tags,
  summary: 'Where you are signed in',
  responses: { 200: json(z.strictObject({ items: z.array(SignInSession) }), 'Your sessions.') },
})

const endOthersRoute = route({
  method: 'post',
  path: '/sessions/end-others',
  access: 'signed_in',
  tags,
  summary: 'Sign out everywhere but here',
  responses: { 200: json(z.strictObject({ ended: z.int() }), 'How many sessions have ended.') },
})

const endSessionRoute = route({
  method: 'delete',
  path: '/sessions/{id}',
  access: 'signed_in',
  tags,
  summary: 'Sign out somewhere else',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

async function signUp(c: Context<AppEnv>, input: SignUp): Promise<void> {
  const { auth, db, settings, clock, provisionWorkspace } = c.get('deps')
  if (!settings.publicConfig.openSignUp) throw new DomainError('forbidden', 'Accounts are made by invitation here.')
  const { name, email, password, tenantName, locale = 'en', timeZone = 'UTC' } = input
  const signedIn = await auth.signUp({ name, email, password }, callerOf(c))
  const personId = signedIn.personId!
  const tenantId = newId()
  const request = { tenantId, personId, locale, timeZone, tenantName, person: { email, name }, nowMs: clock.nowMs() }
  try {
    await db.tenant({ tenantId, personId }, (tx) =>
      addWorkspace(tx, { ...request, requestId: c.get('requestId') }, provisionWorkspace),
    )
    const { sessionId } = await sessionOf(c, signedIn)
    await auth.sessions.chooseTenant({ sessionId, tenantId })
  } catch (error) {
    await auth.discard(personId) // Else the address would be taken by an account that leads nowhere.
    throw error
  }
  const { cookies } = await auth.devices.seen(personId, c.req.raw.headers)
  setCookies(c, [...signedIn.cookies, ...cookies])
  const { workspaceReady, background } = c.get('deps')
  if (workspaceReady === undefined) return
  const acting = { tenantId, actor: { kind: 'person', id: personId } } as const
  background.run('first number', () => workspaceReady(acting, { name: tenantName }))
}

export const authApi = () =>
  feature()
    .openapi(signUpRoute, async (c) => {
      await signUp(c, c.req.valid('json'))
      return c.json({ state: 'signed_in' as const }, 201)
    })
    .openapi(signInRoute, async (c) => {
      const signedIn = await c.get('deps').auth.signIn(c.req.valid('json'), callerOf(c))
      if (signedIn.state === 'signed_in') {
        await completeSignIn(c, signedIn)
        return c.json({ state: 'signed_in' as const }, 200)
      }
      setCookies(c, signedIn.cookies)
      return c.json({ state: signedIn.state, methods: signedIn.methods }, 200)
    })
    .openapi(signOutRoute, async (c) => {
      const { auth } = c.get('deps')
      const ended = await auth.sessions.read(c.req.raw.headers)
      setCookies(c, await auth.signOut(callerOf(c)))
      if (ended?.supportGrantId === null) await auditSession(c, { ...ended, action: 'auth.sign_out' })
      return c.body(null, 204)
    })
    .openapi(forgotRoute, async (c) => {
      const { auth, background } = c.get('deps')
      const { email } = c.req.valid('json')
      await auth.attempts.count('reset', email.toLowerCase())
      await auth.attempts.count('signInAddress', networkOf(callerAddress(c)))
      // Answered before it is done: how long it takes would tell whether the address is known.
      background.run('password reset', () => auth.requestReset(email))
      return c.body(null, 202)
    })
    .openapi(resetRoute, async (c) => {
      const { auth } = c.get('deps')
      await auth.attempts.count('signInAddress', networkOf(callerAddress(c)))
      const { personId } = await auth.resetPassword(c.req.valid('json'))
      await auditAccount(c, personId)
      return c.body(null, 204)
    })
    .openapi(changePasswordRoute, async (c) => {
      const { auth } = c.get('deps')
      const { personId, tenantId } = c.get('session')
      await auth.attempts.count('signInPair', personId)
      const person = await c.get('deps').db.tenant({ tenantId: newId(), personId }, (tx) => getPerson(tx, personId))
      const own = person === undefined ? [] : [person.name, person.email]
      const signedIn = await auth.changePassword({ ...c.req.valid('json'), own }, callerOf(c))
      await auth.attempts.clear('signInPair', personId)
      const { sessionId } = await sessionOf(c, signedIn)
      if (tenantId !== null) await auth.sessions.chooseTenant({ sessionId, tenantId })
      setCookies(c, signedIn.cookies)
      await auditAccount(c, personId)
      return c.body(null, 204)
    })
    .openapi(sessionsRoute, async (c) => {
      const { personId, sessionId } = c.get('session')
      const rows = await c.get('deps').auth.sessions.list(personId)
      const items = rows.map((row) => ({
        ...row,
        current: row.id === sessionId,
        createdAt: row.createdAt.toISOString(),
        lastUsedAt: row.lastUsedAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      }))
      return c.json({ items }, 200)
    })
    .openapi(endOthersRoute, async (c) => {
      const { personId, sessionId } = c.get('session')
      const ended = await c.get('deps').auth.sessions.revokeOthers({ personId, sessionId })
      await auditAccount(c, personId)
      return c.json({ ended }, 200)
    })
    .openapi(endSessionRoute, async (c) => {
      const { personId } = c.get('session')
      const ended = await c.get('deps').auth.sessions.revoke({ personId, sessionId: c.req.valid('param').id })
      if (!ended) throw new DomainError('not_found', 'There is no such session.')
      await auditAccount(c, personId)
      return c.body(null, 204)
    })
export type AuthApi = ReturnType<typeof authApi>
