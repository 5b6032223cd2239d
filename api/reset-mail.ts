import { mailOf } from '#domain/people/mails.ts'
import type { MailSender } from '#infra/mail/mail-sender.ts'

/** Sends the link with which a person chooses a new password. The token is in the fragment: servers never see it. */
export function mailReset(
  { mail, origin }: { mail: Pick<MailSender, 'send'>; origin: string },
  reset: { email: string; name: string; token: string },
): Promise<void> {
  const words = mailOf('reset', { name: reset.name, link: `${origin}/reset-password#${reset.token}` })
  return mail.send({ to: reset.email, ...words })
}
