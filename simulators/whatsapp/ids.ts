import { createHash, randomBytes } from 'node:crypto'

/** `1C 18 len <peer> 15 02 00 <kind> 18 len <hex> 00`, as decoded from recorded traffic. */
function wamid(peer: string, kind: 0x11 | 0x12, tokenBytes: number): string {
  const who = Buffer.from(peer.slice(0, 120), 'latin1')
  const token = Buffer.from(randomBytes(tokenBytes).toString('hex').toUpperCase(), 'latin1')
  const head = Buffer.from([0x1c, 0x18, who.length])
  const middle = Buffer.from([0x15, 0x02, 0x00, kind, 0x18, token.length])
  return `wamid.${Buffer.concat([head, who, middle, token, Buffer.from([0])]).toString('base64')}`
}

export const outgoingId = (peer: string): string => wamid(peer, 0x11, 9)
export const incomingId = (peer: string): string => wamid(peer, 0x12, 10)

/** Object ids are numeric strings that still fit a JSON number exactly: template webhooks carry them as numbers. */
export function objectId(): string {
  const value = randomBytes(6).readUIntBE(0, 6) % 8_999_999_999_999
  return String(1_000_000_000_000_000 + value * 100 + ((randomBytes(1)[0] ?? 0) % 100))
}

export const traceId = (): string => `A${randomBytes(17).toString('base64url').slice(0, 22)}`

/** One person keeps one business-scoped id for one portfolio, so it is derived and not drawn. */
export function userIdOf(waId: string): string {
  const digest = createHash('sha256').update(`bsuid:${waId}`).digest()
  return `${countryOf(waId)}.${String(digest.readBigUInt64BE(0)).padStart(20, '1').slice(0, 20)}`
}

const COUNTRY_BY_PREFIX: readonly (readonly [string, string])[] = [
  ['254', 'KE'],
  ['234', 'NG'],
  ['966', 'SA'],
  ['971', 'AE'],
  ['972', 'IL'],
  ['44', 'GB'],
  ['49', 'DE'],
  ['33', 'FR'],
  ['34', 'ES'],
  ['52', 'MX'],
  ['55', 'BR'],
  ['91', 'IN'],
  ['1', 'US'],
]

export const countryOf = (waId: string): string =>
  COUNTRY_BY_PREFIX.find(([prefix]) => waId.startsWith(prefix))?.[1] ?? 'US'
