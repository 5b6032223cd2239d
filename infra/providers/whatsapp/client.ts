import type { CallOptions, MessageSender, SendOutcome } from '../message-sender.ts'
import { classifySendResult } from './failures.ts'
import { createGraph, type GraphOptions, idPath } from './graph.ts'
import { createNumberCalls, createProfileCalls, createTemplateCalls, createTokenCalls } from './management.ts'
import { createMediaCalls } from './media.ts'
import { toGraphMessage, toGraphRead } from './outbound.ts'

export { createGraphAgent, GraphError, type GraphOptions } from './graph.ts'
export type WhatsAppClient = ReturnType<typeof createWhatsAppClient>

const SEND_TIMEOUT_MS = 20_000

/** One business account's way to the Graph API. Cheap to make; pass one agent to all, so that connections are kept. */
export function createWhatsAppClient(options: GraphOptions) {
  const graph = createGraph(options)
  return {
    /** Sends once and says what is known. It never throws for what the provider or the network does. */
    async sendMessage(phoneNumberId: string, body: object, call: CallOptions = {}): Promise<SendOutcome> {
      const path = `${idPath(phoneNumberId)}/messages`
      const timeoutMs = call.timeoutMs ?? SEND_TIMEOUT_MS
      return classifySendResult(await graph.send('POST', path, { ...call, timeoutMs, json: body }))
    },

    async markRead(
      phoneNumberId: string,
      inboundExternalId: string,
      { typing = false, ...call }: CallOptions & { typing?: boolean } = {},
    ): Promise<void> {
      const json = toGraphRead(inboundExternalId, typing)
      await graph.call('POST', `${idPath(phoneNumberId)}/messages`, { timeoutMs: SEND_TIMEOUT_MS, ...call, json })
    },

    ...createMediaCalls(graph),
    ...createTemplateCalls(graph),
    ...createNumberCalls(graph),
    ...createProfileCalls(graph),
    ...createTokenCalls(graph),
    close: () => graph.dispatcher.close(),
  }
}

/** The port of the house for one connected number. */
export function createWhatsAppSender(client: WhatsAppClient, phoneNumberId: string): MessageSender {
  return {
    // Async on purpose: a message that cannot be put into a body rejects instead of throwing past the caller's catch.
    send: async (message, call) => client.sendMessage(phoneNumberId, toGraphMessage(message), call),
    markRead: (inboundExternalId, call) => client.markRead(phoneNumberId, inboundExternalId, call),
  }
}
