const keyOf = (tenantId: string | undefined, conversationId: string): string =>
  `holdfast.draft.${tenantId ?? '-'}.${conversationId}`

/** What a person began to write, kept per conversation in this browser until it is sent. */
export const draftStore = {
  read(tenantId: string | undefined, conversationId: string): string {
    if (typeof localStorage === 'undefined') return ''
    return localStorage.getItem(keyOf(tenantId, conversationId)) ?? ''
  },
  write(tenantId: string | undefined, conversationId: string, text: string): void {
    try {
      if (text.trim() === '') localStorage.removeItem(keyOf(tenantId, conversationId))
      else localStorage.setItem(keyOf(tenantId, conversationId), text)
    } catch {
      // A full store must not stop a person from writing.
    }
  },
}
