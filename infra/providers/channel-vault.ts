import type { Channel, MaskedSecret } from '#domain/channels/schema.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import { iso, isoOrNull } from '#infra/db/rows.ts'
import type { ChannelRow } from '#infra/db/stores/channels.ts'
import { type ChannelSecret, openChannelSecret } from './channel-secrets.ts'

const HINT_OF_AT_LEAST = 16

/** Opens a secret of a number. @throws DomainError key_missing, ciphertext_invalid. */
export function openSecret(keyRing: KeyRing, row: ChannelRow, secret: ChannelSecret): string {
  const sealed = { access_token: row.accessToken, app_secret: row.appSecret, verify_token: row.verifyToken }[secret]
  return openChannelSecret(keyRing, { tenantId: row.tenantId, channelId: row.id, secret }, sealed)
}

function mask(keyRing: KeyRing, row: ChannelRow, secret: ChannelSecret): MaskedSecret {
  try {
    const text = openSecret(keyRing, row, secret)
    return { set: text !== '', hint: text.length >= HINT_OF_AT_LEAST ? `…${text.slice(-4)}` : '' }
  } catch {
    return { set: false, hint: '' } // Sealed under a key that is gone: to the reader it is as good as not there.
  }
}

/** The row as the API shows it: secrets masked. */
export function channelView(
  row: ChannelRow,
  { keyRing, webhookUrl }: { keyRing: KeyRing; webhookUrl: string },
): Channel {
  const {
    tenantId: _tenant,
    webhookKey: _key,
    verifyToken: _verify,
    createdAt,
    updatedAt,
    lastInboundAt,
    ...rest
  } = row
  return {
    ...rest,
    webhookUrl,
    accessToken: mask(keyRing, row, 'access_token'),
    appSecret: mask(keyRing, row, 'app_secret'),
    lastInboundAt: isoOrNull(lastInboundAt),
    createdAt: iso(createdAt),
    updatedAt: iso(updatedAt),
  }
}
