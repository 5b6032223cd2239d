import type { Dispatcher } from 'undici'
import { type Finding, finding } from '#domain/diagnostics/findings.ts'
import { judgeExpiry } from '#domain/diagnostics/rules.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import type { ChannelRow } from '#infra/db/stores/channels.ts'
import { openSecret } from './channel-vault.ts'
import { createWhatsAppClient, GraphError, type WhatsAppClient } from './whatsapp/client.ts'
import type { GraphPhoneNumber, TokenFacts } from './whatsapp/management.ts'

export type ChannelCheckDeps = {
  keyRing: KeyRing
  /** Where the Graph API is unless a number says otherwise. */
  graph: { baseUrl: string; version: string }
  dispatcher: Dispatcher
}

const CALL_MS = 10_000
const NEEDED_SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'] as const

type Secrets = { accessToken: string; appSecret: string }

/** The secrets of a number, or undefined when the root key does not open them. */
export function secretsOf(keyRing: KeyRing, row: ChannelRow): Secrets | undefined {
  try {
    return { accessToken: openSecret(keyRing, row, 'access_token'), appSecret: openSecret(keyRing, row, 'app_secret') }
  } catch {
    return undefined
  }
}

const clientFor = ({ graph, dispatcher }: ChannelCheckDeps, row: ChannelRow, secrets: Partial<Secrets>) =>
  createWhatsAppClient({
    ...graph,
    ...(row.baseUrl === null ? {} : { baseUrl: row.baseUrl }),
    accessToken: secrets.accessToken ?? '',
    ...(secrets.appSecret === undefined ? {} : { appSecret: secrets.appSecret }),
    dispatcher,
  })

export type CredentialsCheck = {
  findings: Finding[]
  number?: GraphPhoneNumber
}

/**
 * Asks the provider after a number with its token, signed by its app secret: the provider refuses the one when it is
 * expired and the other when it is not the app's. The doctor and the diagnostics of a workspace ask the same.
 */
export async function checkCredentials(
  deps: ChannelCheckDeps,
  row: ChannelRow,
  nowMs: number,
): Promise<CredentialsCheck> {
  const secrets = secretsOf(deps.keyRing, row)
  if (secrets === undefined) return { findings: [finding('secret_unreadable')] }
  const signed = clientFor(deps, row, secrets)
  try {
    const number = await signed.getPhoneNumber(row.phoneNumberId, { timeoutMs: CALL_MS })
    return { findings: [...judgeNumber(number), ...(await judgeToken(signed, secrets.accessToken, nowMs))], number }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    if (!isAboutProof(error)) return { findings: [refusalOf(error)] }
  }
  // Only the signature was refused; what the token is worth is told without one.
  const unsigned = clientFor(deps, row, { accessToken: secrets.accessToken })
  try {
    const number = await unsigned.getPhoneNumber(row.phoneNumberId, { timeoutMs: CALL_MS })
    return { findings: [finding('app_secret_wrong'), ...judgeNumber(number)], number }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return { findings: [finding('app_secret_wrong'), refusalOf(error)] }
  }
}

const isAboutProof = ({ message }: GraphError): boolean => message.includes('appsecret_proof')

const NO_SUCH_OBJECT = 100

function refusalOf(error: GraphError): Finding {
  const { code, failure } = error
  if (code === 'provider_credentials_invalid') {
    // 190 is the token itself; 10 and 200 to 299 are what it may do.
    return failure?.providerCode === 190 || failure?.providerCode === 0
      ? finding('token_invalid')
      : finding('permission_missing', { scopes: NEEDED_SCOPES.join(', ') })
  }
  if (failure?.providerCode === NO_SUCH_OBJECT || failure?.providerCode === 33) return finding('number_not_found')
  return finding('provider_unreachable', { reason: failure?.providerCode ?? failure?.details ?? code })
}

function judgeNumber({ status, quality_rating: quality }: GraphPhoneNumber): Finding[] {
  return [
    ...(status === undefined || status === 'CONNECTED' ? [] : [finding('number_not_registered', { status })]),
    ...(quality === 'RED' ? [finding('number_quality_low')] : []),
  ]
}

/** What a token may do and how long. Not every kind of token may ask about itself: then nothing is said. */
async function judgeToken(client: WhatsAppClient, token: string, nowMs: number): Promise<Finding[]> {
  let facts: TokenFacts
  try {
    facts = await client.inspectToken(token, { timeoutMs: CALL_MS })
  } catch {
    return []
  }
  const missing = facts.scopes === undefined ? [] : NEEDED_SCOPES.filter((scope) => !facts.scopes?.includes(scope))
  return [
    ...(missing.length === 0 ? [] : [finding('permission_missing', { scopes: missing.join(', ') })]),
    ...judgeExpiry(facts.expiresAtMs, nowMs),
  ]
}

/** Whether the provider sends the webhooks of a number to us. */
export async function checkSubscription(
  deps: ChannelCheckDeps,
  row: ChannelRow,
  webhookUrl: string,
): Promise<Finding[]> {
  const secrets = secretsOf(deps.keyRing, row)
  if (secrets === undefined) return [finding('secret_unreadable')]
  const client = clientFor(deps, row, { accessToken: secrets.accessToken })
  try {
    const number = await client.getPhoneNumber(row.phoneNumberId, { timeoutMs: CALL_MS })
    const apps = await client.countSubscribedApps(row.businessAccountId, { timeoutMs: CALL_MS })
    const target = number.webhook_configuration
    // The address of the number goes before that of the account, and that before the app's own.
    const address = target?.phone_number ?? target?.whatsapp_business_account ?? target?.application
    return [
      ...(apps === 0 ? [finding('app_not_subscribed')] : []),
      ...(address === undefined ? [finding('webhook_not_set')] : []),
      ...(address === undefined || address === webhookUrl
        ? []
        : [finding('webhook_elsewhere', { host: hostOf(address) })]),
    ]
  } catch (error) {
    if (error instanceof GraphError) return [refusalOf(error)]
    throw error
  }
}

/** Without its path: the path of a webhook is a secret of whoever it belongs to. */
const hostOf = (address: string): string => (URL.canParse(address) ? new URL(address).host : '?')
