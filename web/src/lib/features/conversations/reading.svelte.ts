import type { ConversationSummary } from '#domain/conversations/schema.ts'

/** When a person has read a conversation: once for each message that comes, while they look at the page. */
export class Reading {
  #visible = $state(false)
  #toldAt: string | undefined

  /** Call inside `$effect`: the returned function ends it. */
  watch(): () => void {
    const look = () => {
      this.#visible = document.visibilityState === 'visible'
      // Whoever comes back to the page tries anew what was refused.
      if (!this.#visible) this.#toldAt = undefined
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }

  /** Follows the page's visibility. What was refused is not due again by itself, or it would be asked without end. */
  isDue({ unreadCount, lastMessageAt }: Pick<ConversationSummary, 'unreadCount' | 'lastMessageAt'>): boolean {
    if (unreadCount === 0 || !this.#visible || this.#toldAt === lastMessageAt) return false
    this.#toldAt = lastMessageAt
    return true
  }
}
