import { createTransport } from 'nodemailer'

export type MailCheck = { host: string } & (
  | { kind: 'answers' }
  | { kind: 'unreachable'; reason: string }
  /** It is there, and does not let us in: a wrong password, or no TLS where it wants some. */
  | { kind: 'refuses'; reason: string }
)

/**
 * Greets a mail server and signs in to it, as a mail would; nothing is sent. The doctor and the diagnostics of a
 * workspace ask the same.
 */
export async function checkMailServer(url: string, timeoutMs: number): Promise<MailCheck> {
  const { hostname, port, protocol } = new URL(url)
  const host = `${hostname}:${port || (protocol === 'smtps:' ? 465 : 587)}`
  const transport = createTransport({
    url,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  try {
    await transport.verify()
    return { kind: 'answers', host }
  } catch (error) {
    // Never the message: servers repeat in it what they were told.
    const { code = '', responseCode } = error as { code?: string; responseCode?: number }
    const reason = [code, responseCode].filter(Boolean).join(' ') || 'unknown'
    const isThere = responseCode !== undefined || code === 'EAUTH' || code === 'ETLS'
    return isThere ? { kind: 'refuses', host, reason } : { kind: 'unreachable', host, reason }
  } finally {
    transport.close()
  }
}
