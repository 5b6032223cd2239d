import { createHmac } from 'node:crypto'
import { secretsEqual } from '#infra/crypto/tokens.ts'

const STEP_MS = 30_000
const DIGITS = 6
/** Clocks of phones run a little off; one step to each side is what RFC 6238 allows for. */
const DRIFT_STEPS = 1
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

export const TOTP_SECRET_BYTES = 20

export const totpStep = (nowMs: number): number => Math.floor(nowMs / STEP_MS)

/** The six digits of one step, as RFC 6238 makes them with SHA-1: what every authenticator app understands. */
export function totpCode(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = mac[mac.length - 1]! & 0x0f
  const number = mac.readUInt32BE(offset) & 0x7fffffff
  return String(number % 10 ** DIGITS).padStart(DIGITS, '0')
}

/** The step that a code belongs to, or undefined. Every step is tried, so that the time taken tells nothing. */
export function totpStepOf(secret: Uint8Array, { code, nowMs }: { code: string; nowMs: number }): number | undefined {
  const now = totpStep(nowMs)
  let found: number | undefined
  for (let step = now - DRIFT_STEPS; step <= now + DRIFT_STEPS; step += 1) {
    if (secretsEqual(totpCode(secret, step), code)) found = step
  }
  return found
}

export function base32(bytes: Uint8Array): string {
  let bits = ''
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => BASE32[Number.parseInt(group.padEnd(5, '0'), 2)]).join('')
}

/** What an authenticator app reads out of the QR code. */
export function totpUri({ issuer, account, secret }: { issuer: string; account: string; secret: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&digits=${DIGITS}&period=30`
}
