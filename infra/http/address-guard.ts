import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'

/** Why an address is not called. Each word is part of a translation key. */
export type BlockReason =
  | 'not_a_url'
  | 'scheme'
  | 'credentials'
  | 'fragment'
  | 'characters'
  | 'host'
  | 'port'
  | 'private_address'
  | 'no_address'

export type AddressCheck = { kind: 'ok'; url: URL } | { kind: 'blocked'; reason: BlockReason }
export type Resolution = { kind: 'ok'; addresses: string[] } | { kind: 'blocked'; reason: BlockReason }
export type Resolve = (hostname: string) => Promise<string[]>

export type AddressRules = {
  /** Exact origins that are reached as they are, for stand-ins on the loopback. Nothing is added by itself. */
  allowOrigins?: readonly string[]
  /** Ports of the outside world; whoever listens elsewhere is more likely a database than a webhook. */
  ports?: readonly number[]
}

const PORTS: readonly number[] = [80, 443, 8080, 8443]
const URL_LENGTH_MAX = 2_048
const HOST_LENGTH_MAX = 253

/** Scheme, two slashes, a host that begins with a letter, a digit or a bracket: the forms that all parsers agree on. */
const PLAIN_START = /^https?:\/\/[a-z0-9[]/i
/** Anything that one parser would strip, turn around or read as another character. */
const ODD_CHARACTER = /[^\x21-\x7e]|[\\`<>"]/
const HOST_NAME = /^(?!-)[a-z0-9_-]{1,63}(\.(?!-)[a-z0-9_-]{1,63})+$/
const INNER_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home|corp|private|home\.arpa|onion)$/

/**
 * Judges an address by its text alone, for the moment it is saved. A name that passes may still point inward, so the
 * call itself resolves and judges again.
 */
export function checkAddress(text: string, { allowOrigins = [], ports = PORTS }: AddressRules = {}): AddressCheck {
  const blocked = (reason: BlockReason): AddressCheck => ({ kind: 'blocked', reason })
  if (text.length > URL_LENGTH_MAX || ODD_CHARACTER.test(text)) return blocked('characters')
  if (!URL.canParse(text)) return blocked('not_a_url')
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return blocked('scheme')
  if (!PLAIN_START.test(text)) return blocked('not_a_url')
  if (url.username !== '' || url.password !== '' || authorityOf(text).includes('@')) return blocked('credentials')
  if (text.includes('#')) return blocked('fragment')
  if (authorityOf(text).includes('%')) return blocked('host')
  if (allowOrigins.includes(url.origin)) return { kind: 'ok', url }
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  if (!ports.includes(port)) return blocked('port')
  const literal = literalOf(url.hostname)
  if (literal !== undefined) return isPublicAddress(literal) ? { kind: 'ok', url } : blocked('private_address')
  const name = url.hostname.toLowerCase().replace(/\.$/, '')
  if (name.length > HOST_LENGTH_MAX || INNER_NAME.test(name) || !HOST_NAME.test(name)) return blocked('host')
  return { kind: 'ok', url }
}

function authorityOf(text: string): string {
  return /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? ''
}

/** The parser has already written every notation of an IPv4 address with four plain numbers. */
function literalOf(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1)
  return ipaddr.IPv4.isValidFourPartDecimal(hostname) ? hostname : undefined
}

/** Public by its range, yet answered by the host of a virtual machine on Azure. */
const INNER_ADDRESSES: ReadonlySet<string> = new Set(['168.63.129.16'])
const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3]

/**
 * True only for ordinary unicast addresses of the public internet. Addresses that carry another inside (mapped,
 * NAT64, 6to4, Teredo) are not, whatever is inside: nobody publishes a service under one.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text) || text.includes('%')) return false
  const address = ipaddr.parse(text)
  if (address.range() !== 'unicast') return false
  if (address instanceof ipaddr.IPv6) return address.match(GLOBAL_UNICAST)
  return !INNER_ADDRESSES.has(address.toString())
}

/**
 * Looks a host up once and judges every answer: one inner address among them blocks the whole name, because the next
 * connection could take it. IPv4 comes first, since it works from more places.
 */
export async function resolvePublic(url: URL, resolve: Resolve = resolveBySystem): Promise<Resolution> {
  const literal = literalOf(url.hostname)
  const addresses = literal === undefined ? await resolve(url.hostname).catch(() => []) : [literal]
  if (addresses.length === 0) return { kind: 'blocked', reason: 'no_address' }
  if (!addresses.every(isPublicAddress)) return { kind: 'blocked', reason: 'private_address' }
  return { kind: 'ok', addresses: [...addresses].sort((a, b) => Number(a.includes(':')) - Number(b.includes(':'))) }
}

async function resolveBySystem(hostname: string): Promise<string[]> {
  return (await lookup(hostname, { all: true, verbatim: true })).map(({ address }) => address)
}
