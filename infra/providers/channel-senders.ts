import type { KeyRing } from '#infra/crypto/keyring.ts'
import { decryptField } from '#infra/crypto/field.ts'
import type { Db } from '#infra/db/tx.ts'
import type { MessageSender } from './message-sender.ts'
import { createGraphAgent, createWhatsAppClient, createWhatsAppSender } from './whatsapp/client.ts'

export type ChannelSenders = ReturnType<typeof createChannelSenders>
