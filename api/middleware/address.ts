import { isIPv4 } from 'node:net'
import type { Context } from 'hono'
import ipaddr from 'ipaddr.js'
import type { AppEnv } from '../deps.ts'

const UNKNOWN = '0.0.0.0'

function parsed(address: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // Only plain dotted quads count as IPv4: octal and one-number spellings of an address are not addresses here.
  const plain = address.trim().replace(/^\[|\]$/g, '')
  if (!plain.includes(':') && !isIPv4(plain)) return undefined
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, ranges: readonly string[]): boolean {
  return ranges.some((text) => {
    const [range, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.process(text), undefined]
    if (range.kind() !== address.kind()) return false
    return bits === undefined ? range.toString() === address.toString() : address.match(range, bits)
  })
}

/** Whether an address, as `addressOf` writes it, is one of the given addresses or lies in one of the given ranges. */
export function addressInRanges(address: string, ranges: readonly string[]): boolean {
  const known = address === UNKNOWN ? undefined : parsed(address)
  return known !== undefined && isWithin(known, ranges)
}

/**
 * The address of the caller. `X-Forwarded-For` is read from its right end, and only as long as each hop is a proxy of
 * ours: what a caller writes into the header themselves stands further left and is never reached.
 */
export function addressOf(
  remote: string | undefined,
  forwarded: string | undefined,
  proxies: readonly string[],
): string {
  let current = parsed(remote ?? '')
  if (current === undefined) return UNKNOWN
  const hops = (forwarded ?? '').split(',').map((hop) => hop.trim())
  while (hops.length > 0 && isWithin(current, proxies)) {
    const next = parsed(hops.pop() ?? '')
    if (next === undefined) break
    current = next
  }
  return current.toString()
}

export function callerAddress(c: Context<AppEnv>): string {
  const remote = c.env?.incoming?.socket?.remoteAddress
  return addressOf(remote, c.req.header('x-forwarded-for'), c.get('deps').settings.trustedProxies)
}
