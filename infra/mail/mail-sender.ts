import { createTransport } from 'nodemailer'
import { OUTBOUND_TLS } from '#infra/http/outbound-tls.ts'
import { htmlOfMail } from './mail-html.ts'

export type Mail = { to: string; subject: string; text: string }

/** Sends a mail, or throws; whoever calls decides whether to try again. */
export type MailSender = { send(mail: Mail): Promise<void>; close(): void }

const TIMEOUT_MS = 15_000

/** Mail over SMTP. Connections are kept and shared; every stage of a conversation with the server has an end. */
export function createSmtpSender({ url, from }: { url: string; from: string }): MailSender {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    tls: OUTBOUND_TLS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async send({ to, subject, text }) {
      await transport.sendMail({ from, to, subject, text, html: htmlOfMail({ subject, text }) })
    },
    close: () => transport.close(),
  }
}
