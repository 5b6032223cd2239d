import type { Operation } from './shapes.ts'

const BASE = '/api/v1/'
const VERBS: Readonly<Record<string, string>> = { put: 'set', patch: 'change', delete: 'delete' }

/** Where the address makes a poor name. */
const NAMES: Readonly<Record<string, string>> = {
  'post /auth/sign-up': 'signUp',
  'post /auth/sign-in': 'signIn',
  'post /auth/sign-out': 'signOut',
  'post /auth/second-factor': 'completeSignIn',
  'post /auth/second-factor/passkey-options': 'getSecondFactorOptions',
  'post /auth/passkey': 'signInWithPasskey',
  'post /auth/passkey/options': 'getPasskeySignInOptions',
  'post /auth/confirm': 'confirmIdentity',
  'post /auth/confirm/options': 'getConfirmationOptions',
  'post /auth/sessions/end-others': 'endOtherSessions',
  'post /auth/second-factors/totp': 'beginTotp',
  'post /auth/second-factors/totp/confirm': 'confirmTotp',
  'post /auth/second-factors/passkeys/options': 'getPasskeyOptions',
  'post /auth/second-factors/recovery-codes': 'createRecoveryCodes',
  'post /invitations/accept': 'acceptInvitation',
  'post /invitations/open': 'openInvitation',
  'get /conversations/{id}/messages': 'listMessages',
  'post /conversations/{id}/messages': 'writeMessage',
  'post /conversations/{id}/release-held': 'releaseHeldMessages',
  'post /conversations/{id}/typing': 'tellTyping',
  'post /contacts/{id}/data-requests': 'createDataRequest',
  'post /flows/{id}/runs': 'startRun',
  'post /media': 'uploadMedia',
  'get /media/{id}': 'downloadMedia',
  'get /data-requests/{id}/file': 'downloadDataRequest',
  'post /notifications/push-subscriptions': 'allowPush',
  'delete /notifications/push-subscriptions': 'endPush',
  'post /webhook-subscriptions/{id}/rotate-secret': 'rotateWebhookSecret',
}

const isParameter = (part: string | undefined) => part?.startsWith('{') ?? false
const singular = (word: string) => word.replace(/ies$/, 'y').replace(/(?<!s|u)s$/, '')
const camel = (words: readonly string[]) =>
  words
    .flatMap((word) => word.split('-'))
    .map((word, index) => (index === 0 ? word : word.replace(/^./, (letter) => letter.toUpperCase())))
    .join('')

const isList = ({ parameters = [] }: Operation) =>
  parameters.some((parameter) => 'name' in parameter && parameter.name === 'cursor')

/** What a generated client calls an operation: `createContact`, `takeOverConversation`, `listRunEvents`. */
export function operationIdOf(method: string, path: string, operation: Operation): string {
  const named = NAMES[`${method} ${path.replace(BASE, '/')}`]
  if (named !== undefined) return named
  const parts = path
    .replace(BASE, '')
    .replace(/^auth\//, '')
    .split('/')
  const nouns = parts.flatMap((part, index) =>
    isParameter(part) ? [] : [isParameter(parts[index + 1]) ? singular(part) : part],
  )
  if (method === 'get') return camel([isList(operation) ? 'list' : 'get', ...nouns])
  const verb = VERBS[method]
  if (verb !== undefined) return camel([verb, ...nouns])
  const makes = '201' in operation.responses
  if (makes || nouns.length === 1)
    return camel([makes ? 'create' : 'post', ...nouns.slice(0, -1), singular(nouns.at(-1)!)])
  return camel([nouns.at(-1)!, ...nouns.slice(0, -1)])
}
