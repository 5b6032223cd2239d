import { api } from '#lib/api/client.ts'

const WORKER = '/push-worker.js'

/** Whether this browser shows pushes, and how that is changed. */
export class BrowserPush {
  state = $state<'unknown' | 'unsupported' | 'denied' | 'off' | 'on'>('unknown')
  busy = $state(false)

  /** Call in the browser, once the page is there. */
  async look(): Promise<void> {
    if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
      this.state = 'unsupported'
      return
    }
    const subscription = await this.#subscription()
    if (Notification.permission === 'denied') this.state = 'denied'
    else this.state = subscription && Notification.permission === 'granted' ? 'on' : 'off'
  }

  /** @param key what the house is known by at push services, in base64url. */
  async turnOn(key: string): Promise<void> {
    this.busy = true
    try {
      if ((await Notification.requestPermission()) !== 'granted') return
      await navigator.serviceWorker.register(WORKER)
      const registration = await navigator.serviceWorker.ready
      const known = await registration.pushManager.getSubscription()
      // One that was made for another key of the house would be refused by its push service.
      if (known && keyOf(known) !== key) await known.unsubscribe()
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: key,
      })
      const { endpoint, keys } = subscription.toJSON()
      await api.post('/notifications/push-subscriptions', { endpoint, keys })
    } finally {
      this.busy = false
      await this.look()
    }
  }

  async turnOff(): Promise<void> {
    this.busy = true
    try {
      const subscription = await this.#subscription()
      if (!subscription) return
      await api.delete('/notifications/push-subscriptions', { endpoint: subscription.endpoint })
      await subscription.unsubscribe()
    } finally {
      this.busy = false
      await this.look()
    }
  }

  async #subscription(): Promise<PushSubscription | null | undefined> {
    const registration = await navigator.serviceWorker.getRegistration(WORKER)
    return registration?.pushManager.getSubscription()
  }
}

function keyOf(subscription: PushSubscription): string {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
