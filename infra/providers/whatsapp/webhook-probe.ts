import { PROBE_FIELD } from './split.ts'

/** What an address answered; `reason` is a short word for why nothing came. */
export type Knock = { status: number; text: string } | { status: null; reason: string }

const KNOCK_MS = 10_000
const ANSWER_CHARS = 300

async function knock(url: string | URL, init: RequestInit): Promise<Knock> {
  try {
    // Not followed: providers do not follow redirects either.
    const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(KNOCK_MS) })
    return { status: response.status, text: (await response.text()).slice(0, ANSWER_CHARS) }
  } catch (error) {
    return { status: null, reason: reasonOf(error) }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'broken'
  const code = (error.cause as { code?: unknown } | undefined)?.code
  return error.name === 'TimeoutError' ? 'timeout' : typeof code === 'string' ? code.toLowerCase() : 'broken'
}

/** Posts to a webhook address as a provider does. */
export const postWebhook = (url: string, body: Uint8Array, signature: string): Promise<Knock> =>
  knock(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
    body: Buffer.from(body),
  })

/** Asks a webhook address whether it is ours, as a provider does before it sends anything there. */
export function askVerification(
  url: string,
  { token, challenge }: { token: string; challenge: string },
): Promise<Knock> {
  const target = new URL(url)
  target.searchParams.set('hub.mode', 'subscribe')
  target.searchParams.set('hub.verify_token', token)
  target.searchParams.set('hub.challenge', challenge)
  return knock(target, { method: 'GET' })
}

/**
 * A body in the provider's own shape that speaks of one of our numbers, in a field that no provider has. Intake knows the
 * token of each probe that is under way and drops every other.
 */
export const probeBody = (probe: { businessAccountId: string; phoneNumberId: string; token: string }): Buffer =>
  Buffer.from(
    JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: probe.businessAccountId,
          changes: [
            {
              field: PROBE_FIELD,
              value: {
                messaging_product: 'whatsapp',
                metadata: { phone_number_id: probe.phoneNumberId },
                probe: probe.token,
              },
            },
          ],
        },
      ],
    }),
  )
