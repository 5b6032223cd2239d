import { KeyRing } from '#infra/crypto/keyring.ts'

/** The key ring that the sealed history was recorded with. It is public, and opens nothing else. */
export const testKeyRing = (): KeyRing => new KeyRing([{ id: 'test', bytes: new Uint8Array(32).fill(7) }])
