const keyOf = (owner: string | undefined, conversationId: string): string =>
  `holdfast.draft.${owner ?? '-'}.${conversationId}`

/** What a person began to write in a tenant, kept per conversation in this browser until it is sent. */
export const draftStore = {
  read(owner: string | undefined, conversationId: string): string {
    if (typeof localStorage === 'undefined') return ''
    return localStorage.getItem(keyOf(owner, conversationId)) ?? ''
  },
  write(owner: string | undefined, conversationId: string, text: string): void {
    try {
      if (text.trim() === '') localStorage.removeItem(keyOf(owner, conversationId))
      else localStorage.setItem(keyOf(owner, conversationId), text)
    } catch {
      // A full store must not stop a person from writing.
    }
  },
}
