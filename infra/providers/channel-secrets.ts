import { decryptField, encryptField } from '#infra/crypto/field.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'

/** The secrets of a connected number, sealed in its row. */
export const CHANNEL_SECRETS = ['access_token', 'app_secret', 'verify_token'] as const
export type ChannelSecret = (typeof CHANNEL_SECRETS)[number]

type Place = { tenantId: string; channelId: string; secret: ChannelSecret }

const placeOf = ({ tenantId, channelId, secret }: Place) =>
  ({ table: 'channels', column: secret, tenantId, rowId: channelId }) as const

export const sealChannelSecret = (keyRing: KeyRing, place: Place, text: string): Buffer =>
  Buffer.from(encryptField(keyRing, placeOf(place), text))

export const openChannelSecret = (keyRing: KeyRing, place: Place, sealed: Uint8Array): string =>
  decryptField(keyRing, placeOf(place), sealed)
