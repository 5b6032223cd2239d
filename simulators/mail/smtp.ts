import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { Mailbox } from './mailbox.ts'

export type MailFault = { kind: 'reject' | 'greylist' | 'slow'; to?: string; count: number; ms?: number }

const SIZE_MAX_BYTES = 30 * 1024 * 1024

/** Takes any mail from anybody on this machine, with or without a login, and lets faults have their way. */
export function createSmtp(mailbox: Mailbox, faults: MailFault[]): SMTPServer {
  return new SMTPServer({
    banner: 'mail simulator',
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    logger: false,
    size: SIZE_MAX_BYTES,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onRcptTo(address, _session, done) {
      const fault = strike(faults, address.address)
      if (fault?.kind === 'reject') return done(Object.assign(new Error('No such mailbox'), { responseCode: 550 }))
      if (fault?.kind === 'greylist') return done(Object.assign(new Error('Try again later'), { responseCode: 451 }))
      setTimeout(done, fault?.ms ?? 0)
    },
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) }
      collect(stream)
        .then((raw) => mailbox.add(raw, envelope))
        .then(() => done(), done)
    },
  })
}

async function collect(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function strike(faults: MailFault[], to: string): MailFault | undefined {
  const fault = faults.find((candidate) => candidate.count > 0 && (candidate.to === undefined || candidate.to === to))
  if (fault) fault.count -= 1
  return fault
}
