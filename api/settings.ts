import { PASSWORD_MAX, PASSWORD_MIN } from '#infra/auth/auth.ts'
import type { Env } from '#infra/env.ts'
import { vapidKeysOf } from '#infra/push/vapid.ts'
import type { ApiSettings } from './deps.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

const hostOf = (url: string): string => new URL(url).hostname

/** Under each of its names: whoever starts the house on their own machine types one or the other. */
function originsOf(publicUrl: string): string[] {
  const { origin, protocol, port, hostname } = new URL(publicUrl)
  if (!LOOPBACK.has(hostname)) return [origin]
  const others = [...LOOPBACK].map((name) => new URL(`${protocol}//${name}${port === '' ? '' : `:${port}`}`).origin)
  return [...new Set([origin, ...others])]
}

const onLoopback = (url: string | undefined): url is string => url !== undefined && LOOPBACK.has(hostOf(url))

/** What the API needs to know of how the house was started. */
export function apiSettings(env: Env, { publicUrl, version }: { publicUrl: string; version: string }): ApiSettings {
  return {
    origins: originsOf(publicUrl),
    trustedProxies: env.trustedProxies,
    allowedOrigins: env.allowedOrigins,
    remembers: env.caches,
    secureCookies: publicUrl.startsWith('https:'),
    ...(env.vapidPrivateKey !== undefined && { pushKey: vapidKeysOf(env.vapidPrivateKey, '').publicKey }),
    publicConfig: {
      version,
      openSignUp: true,
      passwordMin: PASSWORD_MIN,
      passwordMax: PASSWORD_MAX,
      temporalUiUrl: env.temporalUiUrl ?? null,
      temporalNamespace: env.temporalNamespace,
      phoneSimulatorUrl: onLoopback(env.graphUrl) ? env.graphUrl : null,
      mailSimulatorUrl: onLoopback(env.smtpUrl) ? `http://localhost:${env.mailSimulatorPort}` : null,
    },
  }
}
