import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import {
  ConfirmTotp,
  NewPasskey,
  Passkey,
  PasskeyOptions,
  RecoveryCodes,
  RenamePasskey,
  SecondFactors,
  TotpEnrolment,
} from '#domain/people/second-factor.ts'
import { needsSecondFactor } from '#domain/people/second-factor-policy.ts'
import { knownPermissions } from '#domain/permissions/catalogue.ts'
import { totpUri } from '#infra/auth/totp.ts'
import { memberAccess } from '#infra/db/stores/members.ts'
import { getPerson } from '#infra/db/stores/people.ts'
import { newId } from '#infra/ids.ts'
import { auditAccount } from '../account-audit.ts'
import type { AppEnv } from '../deps.ts'
import { feature, found, IdParam, json, jsonBody, NO_CONTENT, route } from '../routing.ts'
import { renewSession } from '../sign-in.ts'

const tags = ['Second factor']
const own = { access: 'signed_in', tags } as const
const sensitive = { ...own, confirmed: true } as const

const getRoute = route({
  ...own,
  method: 'get',
  path: '/',
  summary: 'What you have beside your password',
  responses: { 200: json(SecondFactors, 'Your second factors.') },
})

const beginTotpRoute = route({
  ...sensitive,
  method: 'post',
  path: '/totp',
  secretAnswer: true,
  summary: 'Get a secret for an authenticator app',
  responses: { 200: json(TotpEnrolment, 'The secret; it holds once a code of it is shown.') },
})

const confirmTotpRoute = route({
  ...own,
  method: 'post',
  path: '/totp/confirm',
  secretAnswer: true,
  summary: 'Show a first code of the authenticator app; from then on sign-in asks for one',
  request: { body: jsonBody(ConfirmTotp) },
  responses: { 200: json(RecoveryCodes, 'On. Every other session has ended.') },
})

const removeTotpRoute = route({
  ...sensitive,
  method: 'delete',
  path: '/totp',
  summary: 'Ask no more for codes of the authenticator app',
  responses: NO_CONTENT,
})

const codesRoute = route({
  ...sensitive,
  method: 'post',
  path: '/recovery-codes',
  secretAnswer: true,
  summary: 'Get new recovery codes; the old ones end',
  responses: { 200: json(RecoveryCodes, 'The codes, shown only now.') },
})

const passkeyOptionsRoute = route({
  ...sensitive,
  method: 'post',
  path: '/passkeys/options',
  secretAnswer: true,
  summary: 'What to ask of an authenticator to make a passkey',
  responses: { 200: json(PasskeyOptions, 'Options for navigator.credentials.create.') },
})

const addPasskeyRoute = route({
  ...sensitive,
  method: 'post',
  path: '/passkeys',
  secretAnswer: true,
  summary: 'Keep a passkey',
  request: { body: jsonBody(NewPasskey) },
  responses: { 201: json(z.strictObject({ ...RecoveryCodes.shape, passkey: Passkey }), 'The passkey.') },
})

const renamePasskeyRoute = route({
  ...own,
  method: 'patch',
  path: '/passkeys/{id}',
  summary: 'Call a passkey otherwise',
  request: { params: IdParam, body: jsonBody(RenamePasskey) },
  responses: { 200: json(Passkey, 'The passkey.') },
})

const removePasskeyRoute = route({
  ...sensitive,
  method: 'delete',
  path: '/passkeys/{id}',
  summary: 'Remove a passkey',
  request: { params: IdParam },
  responses: NO_CONTENT,
})

function required(c: Context<AppEnv>): Promise<boolean> {
  const { personId, tenantId } = c.get('session')
  if (tenantId === null) return Promise.resolve(false)
  return c.get('deps').db.tenant({ tenantId, personId }, async (tx) => {
    const access = await memberAccess(tx, personId)
    return access !== undefined && needsSecondFactor(access.secondFactorPolicy, knownPermissions(access.permissions))
  })
}

/** A person sees their own row from any context; one that nobody has will do. */
async function ownRow(c: Context<AppEnv>) {
  const { personId } = c.get('session')
  return found(
    await c.get('deps').db.tenant({ tenantId: newId(), personId }, (tx) => getPerson(tx, personId)),
    'person',
  )
}

/** The first factor brings recovery codes; and whoever was signed in by a password alone signs in again. */
async function afterAdding(c: Context<AppEnv>): Promise<RecoveryCodes> {
  const { factors } = c.get('deps').auth
  const { personId, hasSecondFactor } = c.get('session')
  const { recoveryCodesLeft } = await factors.state(personId)
  const recoveryCodes =
    hasSecondFactor && recoveryCodesLeft > 0 ? null : await factors.newRecoveryCodes(personId, { act: 'part' })
  await auditAccount(c, personId)
  await renewSession(c)
  return { recoveryCodes }
}

async function afterRemoving(c: Context<AppEnv>): Promise<void> {
  const { factors, secondStep } = c.get('deps').auth
  const { personId } = c.get('session')
  if ((await secondStep.methodsOf(personId)).length === 0) await factors.dropRecoveryCodes(personId)
  await auditAccount(c, personId)
  await renewSession(c)
}

const totpRoutes = () =>
  feature()
    .openapi(getRoute, async (c) => {
      const { auth } = c.get('deps')
      const { personId } = c.get('session')
      const [state, passkeys, asked] = await Promise.all([
        auth.factors.state(personId),
        auth.passkeys.list(personId),
        required(c),
      ])
      return c.json({ ...state, passkeys, required: asked }, 200)
    })
    .openapi(beginTotpRoute, async (c) => {
      const { email: account } = await ownRow(c)
      const secret = await c.get('deps').auth.factors.beginTotp(c.get('session').personId)
      return c.json({ secret, uri: totpUri({ issuer: 'Holdfast', account, secret }) }, 200)
    })
    .openapi(confirmTotpRoute, async (c) => {
      const { auth } = c.get('deps')
      const { personId } = c.get('session')
      await auth.attempts.count('secondFactor', personId)
      await auth.factors.confirmTotp({ personId, code: c.req.valid('json').code })
      await auth.attempts.clear('secondFactor', personId)
      return c.json(await afterAdding(c), 200)
    })
    .openapi(removeTotpRoute, async (c) => {
      if (!(await c.get('deps').auth.factors.removeTotp(c.get('session').personId))) {
        throw new DomainError('not_found', 'There is no authenticator app.')
      }
      await afterRemoving(c)
      return c.body(null, 204)
    })
    .openapi(codesRoute, async (c) => {
      const { personId, hasSecondFactor } = c.get('session')
      if (!hasSecondFactor) throw new DomainError('conflict', 'Set up a second factor first.')
      const recoveryCodes = await c.get('deps').auth.factors.newRecoveryCodes(personId, { act: 'own' })
      await auditAccount(c, personId)
      return c.json({ recoveryCodes }, 200)
    })

export const secondFactorsApi = () =>
  totpRoutes()
    .openapi(passkeyOptionsRoute, async (c) => {
      const { personId, sessionId } = c.get('session')
      const { email, name } = await ownRow(c)
      const options = await c.get('deps').auth.passkeys.makeOptions({ personId, email, name }, sessionId)
      return c.json({ ...options }, 200)
    })
    .openapi(addPasskeyRoute, async (c) => {
      const { personId, sessionId } = c.get('session')
      const { name, passkey: made } = c.req.valid('json')
      const passkey = await c.get('deps').auth.passkeys.add({ personId, name, made }, sessionId)
      return c.json({ ...(await afterAdding(c)), passkey }, 201)
    })
    .openapi(renamePasskeyRoute, async (c) => {
      const { personId } = c.get('session')
      const named = { personId, id: c.req.valid('param').id, ...c.req.valid('json') }
      const passkey = found(await c.get('deps').auth.passkeys.rename(named), 'passkey')
      await auditAccount(c, personId)
      return c.json(passkey, 200)
    })
    .openapi(removePasskeyRoute, async (c) => {
      const passkey = { personId: c.get('session').personId, id: c.req.valid('param').id }
      if (!(await c.get('deps').auth.passkeys.remove(passkey))) {
        throw new DomainError('not_found', 'There is no such passkey.')
      }
      await afterRemoving(c)
      return c.body(null, 204)
    })
export type SecondFactorsApi = ReturnType<typeof secondFactorsApi>
