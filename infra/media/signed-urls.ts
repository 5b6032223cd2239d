import { createHmac, timingSafeEqual } from 'node:crypto'

/** Seven days, as promised to everybody who holds such an address. */
export const SIGNED_URL_TTL_MS_MAX = 7 * 24 * 60 * 60 * 1_000

/** A stored file: its key within its tenant. */
export type FilePlace = { tenantId: string; key: string }
export type UrlSigner = ReturnType<typeof createUrlSigner>
export type UrlCheck = { kind: 'ok' } | { kind: 'expired' } | { kind: 'invalid' }

/**
 * Signs addresses of stored files. The first secret signs, all of them verify, so that a secret can be replaced while
 * addresses made with the old one still live.
 *
 * @param baseUrl where the files are served; tenant and key follow as its path.
 */
export function createUrlSigner({ baseUrl, secrets }: { baseUrl: string; secrets: readonly (string | Uint8Array)[] }) {
  const [current] = secrets
  if (current === undefined || secrets.some(({ length }) => length < 16)) {
    throw new RangeError('Signing needs a secret of at least 16 bytes.')
  }
  const base = baseUrl.replace(/\/+$/, '')
  return {
    sign(file: FilePlace, { nowMs, ttlMs = SIGNED_URL_TTL_MS_MAX }: { nowMs: number; ttlMs?: number }): string {
      const expires = Math.floor((nowMs + Math.max(0, Math.min(ttlMs, SIGNED_URL_TTL_MS_MAX))) / 1_000)
      const path = [file.tenantId, ...file.key.split('/')].map(encodeURIComponent).join('/')
      return `${base}/${path}?expires=${expires}&signature=${mac(current, file, expires).toString('base64url')}`
    },

    verify(
      file: FilePlace,
      { expires, signature }: { expires: string | undefined; signature: string | undefined },
      nowMs: number,
    ): UrlCheck {
      if (expires === undefined || signature === undefined || !/^\d{1,12}$/.test(expires)) return { kind: 'invalid' }
      const given = Buffer.from(signature, 'base64url')
      let matches = false
      for (const secret of secrets) {
        const expected = mac(secret, file, Number(expires))
        if (given.length === expected.length && timingSafeEqual(given, expected)) matches = true
      }
      if (!matches) return { kind: 'invalid' }
      const leftMs = Number(expires) * 1_000 - nowMs
      // A life above the bound was never given out by us, so the clock or the secret is not to be trusted.
      if (leftMs > SIGNED_URL_TTL_MS_MAX + 60_000) return { kind: 'invalid' }
      return leftMs > 0 ? { kind: 'ok' } : { kind: 'expired' }
    },
  }
}

function mac(secret: string | Uint8Array, { tenantId, key }: FilePlace, expires: number): Buffer {
  return createHmac('sha256', secret).update(`media-url\n${expires}\n${tenantId}\n${key}`).digest()
}
