import { KEY_PERMISSIONS } from '#domain/api-keys/schema.ts'
import { type Browser, type House, ORIGIN, PASSWORD } from '../house.ts'
import { askAs, makeKey } from '../program.ts'

/** Who asks, and how schemathesis comes in as them: its settings know the schemes of the contract by their names. */
export type Asker = {
  settings: string
  /** Which operations are asked: what ends the asker's own standing, and streams that do not end, are not. */
  selection: readonly string[]
  /** Whether they may still what they might at first. Who was shut out on the way is refused everything, and finds nothing. */
  stands: () => Promise<boolean>
}

const PLATFORM = '^/api/v1/platform/'
const STREAM = '/api/v1/events/stream'
const without = (...paths: string[]) => paths.flatMap((path) => ['--exclude-path', path])

function inSession(browser: Browser, selection: readonly string[], path: string): Asker {
  const cookie = browser.cookies.get('holdfast.session_token')
  return {
    settings: `[headers]\nOrigin = "${ORIGIN}"\n\n[auth.openapi.session]\napi_key = "${cookie}"\n`,
    selection,
    // Proof that it is them lasts for ten minutes, and without it half of what is about the account is refused.
    stands: async () =>
      (await browser.request('POST', '/auth/confirm', { password: PASSWORD })).ok &&
      (await browser.request('GET', path)).ok,
  }
}

async function key(house: House, owner: Browser): Promise<Asker> {
  const { secret } = await makeKey(owner, { permissions: KEY_PERMISSIONS })
  return {
    settings: `[auth.openapi.apiKey]\nbearer = "${secret}"\n`,
    selection: without(STREAM),
    stands: async () => (await askAs(house, secret, '/contacts')).ok,
  }
}

/** The owner of the tenant. Without their authenticator app they would get another session. */
const person = async (_: House, owner: Browser): Promise<Asker> =>
  inSession(
    owner,
    [
      ...without(STREAM, '/api/v1/auth/sign-out', '/api/v1/auth/sessions/{id}', '/api/v1/me/tenant'),
      ...['--exclude-name', 'DELETE /api/v1/auth/second-factors/totp', '--exclude-path-regex', PLATFORM],
    ],
    '/support-access',
  )

/** Whoever runs the installation: they enter other tenants and suspend them, so they are nobody in the one that is asked. */
const administrator = async (house: House): Promise<Asker> =>
  inSession(await house.administrator(), ['--include-path-regex', PLATFORM], '/platform/administrators')

export const ASKERS: Readonly<Record<string, (house: House, owner: Browser) => Promise<Asker>>> = {
  key,
  person,
  administrator,
}
