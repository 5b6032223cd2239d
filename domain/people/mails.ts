/** The words of the mails that the house writes to people, as translation keys with their English text. */
export const MAIL_TEXTS = {
  'mails.reset.subject': 'Choose a new password',
  'mails.reset.text':
    'Hello {name},\n\nsomebody asked for a new password for this address. To choose one, open\n\n{link}\n\n' +
    'within an hour. If it was not you, nothing has changed and you need not do anything.\n',
  'mails.invitation.subject': 'You are invited to {tenant}',
  'mails.invitation.text':
    'Hello,\n\n{inviter} invites you to work in {tenant} on Holdfast. To accept, open\n\n{link}\n\nwithin seven days.\n',
  'mails.sign_in.subject': 'New sign-in to your account',
  'mails.sign_in.text':
    'Hello {name},\n\nsomebody signed in to your account with a device that we have not seen before:\n\n' +
    '{device}\n{address}\n{at}\n\nIf it was you, there is nothing to do. If not, end the session and change your ' +
    'password:\n\n{link}\n',
} as const
export type MailTextKey = keyof typeof MAIL_TEXTS
export type MailKind = 'reset' | 'invitation' | 'sign_in'

/** One line, as a header must be, and short enough to be read. */
const oneLine = (text: string) => text.replace(/[\r\n]+/g, ' ').slice(0, 200)

/**
 * A mail in words: the tenant's own where it says them otherwise, else the product's.
 * Values come from people, so line breaks in them are taken out: they must not look like our own lines.
 */
export function mailOf(
  kind: MailKind,
  values: Readonly<Record<string, string>>,
  overrides: Readonly<Record<string, string>> = {},
): { subject: string; text: string } {
  const fill = (key: MailTextKey) =>
    (overrides[key] ?? MAIL_TEXTS[key]).replace(/\{(\w+)\}/g, (_, name: string) => oneLine(values[name] ?? ''))
  return { subject: oneLine(fill(`mails.${kind}.subject`)), text: fill(`mails.${kind}.text`) }
}
