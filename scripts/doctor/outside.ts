import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { FREE_BYTES_MIN } from '#domain/diagnostics/rules.ts'
import { checkMailServer } from '#infra/mail/mail-check.ts'
import { type Finding, ill, unsure, well } from './finding.ts'
import type { Place } from './place.ts'

const MAIL_MS = 5_000

export function lookAtFolder({ dataPath, isStarted }: Place): Finding {
  const about = 'Data folder'
  if (!existsSync(dataPath)) {
    return unsure(about, `${dataPath} is not there yet.`, 'It is made at the first start, or named by HOLDFAST_DATA.')
  }
  try {
    accessSync(dataPath, constants.W_OK)
  } catch {
    return ill(about, `${dataPath} cannot be written.`, 'Give this user the right to write there.')
  }
  const { bavail, bsize } = statfsSync(dataPath)
  const free = `${(bavail * bsize) / 1_000_000_000 >= 10 ? Math.round((bavail * bsize) / 1e9) : ((bavail * bsize) / 1e9).toFixed(1)} GB are free`
  if (bavail * bsize < FREE_BYTES_MIN) return ill(about, `Only ${free} on the disk of ${dataPath}.`, 'Free some space.')
  return well(about, `${dataPath}, ${free}${isStarted ? '' : '; no house was started from it yet'}.`)
}

export async function lookAtApp({ appUrl }: Place): Promise<Finding> {
  const about = 'App'
  try {
    const response = await fetch(`${appUrl}/api/v1/config`, { signal: AbortSignal.timeout(5_000) })
    if (response.ok) return well(about, `It answers at ${appUrl}.`)
    return ill(about, `${appUrl} answers with ${response.status}.`, 'See what the log of the API says.')
  } catch {
    return ill(about, `Nothing answers at ${appUrl}.`, 'Start the house: npm start. Behind a proxy, see what it says.')
  }
}

/** Whether somebody takes mail; nothing is sent. */
export async function lookAtMail({ smtpUrl }: Place): Promise<Finding> {
  const about = 'Mail'
  if (smtpUrl === undefined) return unsure(about, 'Nothing says where mail goes.', 'Set SMTP_URL.')
  const found = await checkMailServer(smtpUrl, MAIL_MS)
  if (found.kind === 'answers') return well(about, `A server takes it at ${found.host}.`)
  if (found.kind === 'refuses') {
    return ill(about, `The server at ${found.host} does not let us in (${found.reason}).`, 'Correct SMTP_URL.')
  }
  return ill(about, `No server takes it at ${found.host}.`, 'Correct SMTP_URL, or start that server.')
}
