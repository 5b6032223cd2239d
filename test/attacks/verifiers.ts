import { mock } from 'node:test'
import { validateWebhook } from 'replicate'
import { Webhook } from 'standardwebhooks'
import { type Received, verifyStandard } from '../support/webhooks.ts'

export type Signed = Pick<Received, 'body'> & { headers: Record<string, string> }

type Verifier = {
  /** Whether it believes a delivery at an instant. */
  believes: (secret: string, signed: Signed, nowMs: number) => boolean | Promise<boolean>
  /** Some leave it to whoever calls them to look at the instant. */
  looksAtTime: boolean
}

/** Runs what reads the clock of the machine as if it were another time. */
function at<T>(nowMs: number, work: () => T): T {
  mock.timers.enable({ apis: ['Date'], now: nowMs })
  try {
    return work()
  } finally {
    mock.timers.reset()
  }
}

/** Three that share nothing: SHA-256 written in JavaScript, WebCrypto, and OpenSSL by way of the public text of the scheme. */
export const VERIFIERS: Readonly<Record<string, Verifier>> = {
  standardwebhooks: {
    looksAtTime: true,
    believes(secret, { headers, body }, nowMs) {
      try {
        at(nowMs, () => new Webhook(secret).verify(body, headers, { jsonParse: false }))
        return true
      } catch {
        return false
      }
    },
  },
  replicate: {
    looksAtTime: false,
    believes(secret, { headers, body }) {
      const header = (name: string) => headers[`webhook-${name}`] ?? ''
      const [id, timestamp, signature] = [header('id'), header('timestamp'), header('signature')]
      return validateWebhook({ id, timestamp, signature, body, secret }).catch(() => false)
    },
  },
  'the text of the scheme': {
    looksAtTime: true,
    believes: (secret, signed, nowMs) => verifyStandard(secret, signed, nowMs),
  },
}
