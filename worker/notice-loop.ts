import type { Db } from '#infra/db/tx.ts'
import type { Env } from '#infra/env.ts'
import { createGuardedFetch } from '#infra/http/guarded-fetch.ts'
import type { Logger } from '#infra/log.ts'
import { createSmtpSender } from '#infra/mail/mail-sender.ts'
import { createPushSender } from '#infra/push/push-sender.ts'
import { vapidKeysOf } from '#infra/push/vapid.ts'
import { type Loop, startLoop } from './loop.ts'
import { tellPeople } from './notices.ts'

/** Tells people by mail and push, as far as the house was given a mail server and a key for pushes. */
export function startNoticeLoop({ db, log, env }: { db: Db; log: Logger; env: Env }): Loop {
  const { smtpUrl, vapidPrivateKey, mailFrom } = env
  const publicUrl = env.publicUrl ?? `http://localhost:${env.appPort}`
  const mail = smtpUrl === undefined ? undefined : createSmtpSender({ url: smtpUrl, from: mailFrom })
  const push =
    vapidPrivateKey === undefined
      ? undefined
      : createPushSender({
          vapid: vapidKeysOf(vapidPrivateKey, contactOf(mailFrom)),
          guarded: createGuardedFetch({ allowOrigins: env.allowedOrigins }),
        })
  const nobody = { send: () => Promise.reject(new Error('No mail server is set.')) }
  const deps = { db, log, mail: mail ?? nobody, push, publicUrl, now: Date.now }
  const loop = startLoop(log, { name: 'notices', idleMs: 1_000, errorMs: 5_000, work: () => tellPeople(deps) })
  return {
    ...loop,
    async stop() {
      await loop.stop()
      mail?.close()
    },
  }
}

/** Push services want an address of whoever runs the house; it is the one that mails come from. */
const contactOf = (mailFrom: string): string => `mailto:${/<?([^\s<>]+@[^\s<>]+)>?\s*$/.exec(mailFrom)?.[1] ?? ''}`
