import type { GuardedFetch } from '#infra/http/guarded-fetch.ts'
import { encryptPush, type PushKeys } from './encrypt.ts'
import type { VapidKeys } from './vapid.ts'

export type PushTarget = { endpoint: string } & PushKeys
/** What a browser shows; `url` is the page that a click opens, `tag` replaces what it said before about the same. */
export type PushMessage = { title: string; body: string; url: string; tag: string }
/** `gone`: the browser has taken its permission back, so the subscription can be forgotten. */
export type PushOutcome = 'sent' | 'gone' | 'refused' | 'later'
export type PushSender = ReturnType<typeof createPushSender>

const LIVES_S = 4 * 3_600

/** Sends to the push services of browsers. Their addresses come from outside, so they are called guarded. */
export function createPushSender({ vapid, guarded }: { vapid: VapidKeys; guarded: Pick<GuardedFetch, 'fetch'> }) {
  return async function sendPush(target: PushTarget, message: PushMessage, nowMs: number): Promise<PushOutcome> {
    const outcome = await guarded.fetch(target.endpoint, {
      method: 'POST',
      body: encryptPush(JSON.stringify(message), target),
      headers: {
        authorization: vapid.sign(target.endpoint, nowMs),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: String(LIVES_S),
        urgency: 'high',
      },
    })
    if (outcome.kind === 'blocked') return 'refused'
    // Whether the browser has it is unknown then: at most once means not again.
    if (outcome.kind === 'failed') return outcome.started ? 'refused' : 'later'
    if (outcome.httpStatus < 300) return 'sent'
    if (outcome.httpStatus === 404 || outcome.httpStatus === 410) return 'gone'
    return outcome.httpStatus === 429 || outcome.httpStatus >= 500 ? 'later' : 'refused'
  }
}
