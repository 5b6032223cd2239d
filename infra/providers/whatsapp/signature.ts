import { createHmac, timingSafeEqual } from 'node:crypto'

const HEADER = /^sha256=([0-9a-f]{64})$/i

export type SignatureInput = {
  /** The bytes as they arrived; a body that was parsed and written again does not verify. */
  raw: Uint8Array
  /** The value of `X-Hub-Signature-256`. A list, or values joined by a comma, means two headers, and is refused. */
  header: string | readonly string[] | null | undefined
  /** One secret per connected app, two while one is being replaced. Empty ones count as not set. */
  appSecrets: readonly (string | undefined)[]
}

/** Tells whether one of the app secrets signed these bytes. Without any secret nothing verifies. */
export function verifySignature({ raw, header, appSecrets }: SignatureInput): boolean {
  if (typeof header !== 'string') return false
  const hex = HEADER.exec(header)?.[1]
  if (hex === undefined) return false
  const given = Buffer.from(hex, 'hex')
  let verified = false
  for (const secret of appSecrets) {
    if (typeof secret !== 'string' || secret.trim() === '') continue
    // Every secret is tried, so that the time taken does not tell which one fits.
    const expected = createHmac('sha256', secret).update(raw).digest()
    if (timingSafeEqual(given, expected)) verified = true
  }
  return verified
}

/** The header that a sender with this secret would write. */
export function signBody(raw: Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(raw).digest('hex')}`
}
