import { SignInAnswer } from '#domain/people/schema.ts'
import { Confirmation, PasskeyOptions, PasskeyProof, SecondFactorProof } from '#domain/people/second-factor.ts'
import { networkOf } from '#infra/auth/attempts.ts'
import { auditSession } from '../account-audit.ts'
import { callerAddress } from '../middleware/address.ts'
import { feature, json, jsonBody, NO_CONTENT, route } from '../routing.ts'
import { callerOf, completeSignIn, setCookies } from '../sign-in.ts'

const tags = ['Sign-in']

const proveRoute = route({
  method: 'post',
  path: '/second-factor',
  access: 'public',
  tags,
  summary: 'Finish a sign-in with a code, a recovery code or a passkey',
  request: { body: jsonBody(SecondFactorProof) },
  responses: { 200: json(SignInAnswer, 'Signed in.') },
})

const waitingOptionsRoute = route({
  method: 'post',
  path: '/second-factor/passkey-options',
  access: 'public',
  tags,
  summary: 'What to ask of an authenticator to finish a sign-in',
  responses: { 200: json(PasskeyOptions, 'Options for navigator.credentials.get.') },
})

const passkeyOptionsRoute = route({
  method: 'post',
  path: '/passkey/options',
  access: 'public',
  tags,
  summary: 'What to ask of an authenticator to sign in without a password',
  responses: { 200: json(PasskeyOptions, 'Options for navigator.credentials.get.') },
})

const passkeyRoute = route({
  method: 'post',
  path: '/passkey',
  access: 'public',
  tags,
  summary: 'Sign in with a passkey alone',
  request: { body: jsonBody(PasskeyProof) },
  responses: { 200: json(SignInAnswer, 'Signed in.') },
})

const confirmOptionsRoute = route({
  method: 'post',
  path: '/confirm/options',
  secretAnswer: true,
  access: 'signed_in',
  tags,
  summary: 'What to ask of an authenticator to show again that it is you',
  responses: { 200: json(PasskeyOptions, 'Options for navigator.credentials.get.') },
})

const confirmRoute = route({
  method: 'post',
  path: '/confirm',
  access: 'signed_in',
  tags,
  summary: 'Show again that it is you; sensitive changes ask for it',
  request: { body: jsonBody(Confirmation) },
  responses: NO_CONTENT,
})

export const secondStepApi = () =>
  feature()
    .openapi(proveRoute, async (c) => {
      const { auth } = c.get('deps')
      await auth.attempts.count('signInAddress', networkOf(callerAddress(c)))
      await completeSignIn(c, await auth.secondStep.finishSignIn(c.req.valid('json'), callerOf(c)))
      return c.json({ state: 'signed_in' as const }, 200)
    })
    .openapi(waitingOptionsRoute, async (c) => {
      const options = await c.get('deps').auth.secondStep.waitingPasskeyOptions(callerOf(c))
      return c.json({ ...options }, 200)
    })
    .openapi(passkeyOptionsRoute, async (c) => {
      const { auth } = c.get('deps')
      await auth.attempts.count('signInAddress', networkOf(callerAddress(c)))
      const { options, cookies } = await auth.secondStep.passkeyOptions()
      setCookies(c, cookies)
      return c.json({ ...options }, 200)
    })
    .openapi(passkeyRoute, async (c) => {
      const { auth } = c.get('deps')
      await auth.attempts.count('signInAddress', networkOf(callerAddress(c)))
      await completeSignIn(c, await auth.secondStep.signInByPasskey(c.req.valid('json'), callerOf(c)))
      return c.json({ state: 'signed_in' as const }, 200)
    })
    .openapi(confirmOptionsRoute, async (c) => {
      const options = await c.get('deps').auth.secondStep.confirmOptions(c.get('session'))
      return c.json({ ...options }, 200)
    })
    .openapi(confirmRoute, async (c) => {
      const { auth } = c.get('deps')
      const session = c.get('session')
      await auth.secondStep.confirm(session, c.req.valid('json'))
      await auth.sessions.confirm(session.sessionId)
      // Inside a tenant that lets the platform in, what is then done is written down, not that it was prepared.
      if (session.supportGrantId === null) await auditSession(c, { ...session, action: 'auth.confirm' })
      return c.body(null, 204)
    })
export type SecondStepApi = ReturnType<typeof secondStepApi>
