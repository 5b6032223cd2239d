import { goto } from '$app/navigation'

/**
 * The secret of a mailed link. It stands behind the `#`, which browsers never send, and is taken out of the address
 * at once, so that it stays on no shared screen. Empty while the server renders.
 */
export class LinkToken {
  value = $state('')
  read = $state(false)

  /** Call inside `$effect`, once. */
  take(): void {
    this.value = decodeURIComponent(location.hash.slice(1))
    this.read = true
    if (this.value) void goto(location.pathname, { replace: true, shallow: true })
  }
}
