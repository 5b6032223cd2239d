import { mailOf } from '#domain/people/mails.ts'
import { mailWords } from '#infra/db/stores/mail-words.ts'
import { getPerson } from '#infra/db/stores/people.ts'
import type { Db } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { MailSender } from '#infra/mail/mail-sender.ts'

/** Sends the link with which a person chooses a new password. The token is in the fragment: servers never see it. */
export async function mailReset(
  { db, mail, origin }: { db: Db; mail: Pick<MailSender, 'send'>; origin: string },
  reset: { personId: string; email: string; name: string; token: string },
): Promise<void> {
  const { personId, name, email, token } = reset
  const said = await db.tenant({ tenantId: newId(), personId }, async (tx) =>
    mailWords(tx, (await getPerson(tx, personId))?.locale ?? 'en'),
  )
  const words = mailOf('reset', { name, link: `${origin}/reset-password#${token}` }, said)
  await mail.send({ to: email, ...words })
}
