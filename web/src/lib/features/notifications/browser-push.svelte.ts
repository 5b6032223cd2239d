import { api } from '#lib/api/client.ts'
import { endPushes, pushOwner, readyWorker, registeredWorker } from './push-owner.ts'

type Place = { personId: string; tenantId: string }

/** Whether this browser shows the pushes of one person in one tenant, and how that is changed. */
export class BrowserPush {
  state = $state<'unknown' | 'unsupported' | 'denied' | 'off' | 'on'>('unknown')
  busy = $state(false)

  /** Call in the browser, once it is known who looks. */
  async look(place: Place): Promise<void> {
    if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
      this.state = 'unsupported'
      return
    }
    const subscription = await this.#subscription()
    if (Notification.permission === 'denied') this.state = 'denied'
    else
      this.state = subscription && Notification.permission === 'granted' && isTold(subscription, place) ? 'on' : 'off'
  }

  /** @param key what the house is known by at push services, in base64url. */
  async turnOn(key: string, place: Place): Promise<void> {
    this.busy = true
    try {
      if ((await Notification.requestPermission()) !== 'granted') return
      const registration = await readyWorker()
      const known = await registration.pushManager.getSubscription()
      // One that was made for another key of the house would be refused by its push service; that of another person
      // would show them what is pushed to this one.
      if (known && (keyOf(known) !== key || pushOwner.read()?.personId !== place.personId)) await known.unsubscribe()
      const subscription = await registration.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: key,
      })
      const { endpoint, keys } = subscription.toJSON()
      await api.post('/notifications/push-subscriptions', { endpoint, keys })
      remember(subscription, place)
    } finally {
      this.busy = false
      await this.look(place)
    }
  }

  async turnOff(place: Place): Promise<void> {
    this.busy = true
    try {
      const subscription = await this.#subscription()
      if (!subscription) return
      await api.delete('/notifications/push-subscriptions', { endpoint: subscription.endpoint })
      const owner = pushOwner.read()
      const tenantIds = owner?.tenantIds.filter((tenantId) => tenantId !== place.tenantId) ?? []
      // Other tenants of the same person still push to this address.
      if (owner && tenantIds.length > 0) pushOwner.write({ ...owner, tenantIds })
      else await endPushes()
    } finally {
      this.busy = false
      await this.look(place)
    }
  }

  async #subscription(): Promise<PushSubscription | null | undefined> {
    const registration = await registeredWorker()
    return registration?.pushManager.getSubscription()
  }
}

function isTold({ endpoint }: PushSubscription, { personId, tenantId }: Place): boolean {
  const owner = pushOwner.read()
  return owner?.endpoint === endpoint && owner.personId === personId && owner.tenantIds.includes(tenantId)
}

function remember({ endpoint }: PushSubscription, { personId, tenantId }: Place): void {
  const owner = pushOwner.read()
  const others = owner?.endpoint === endpoint && owner.personId === personId ? owner.tenantIds : []
  pushOwner.write({ endpoint, personId, tenantIds: [...new Set([...others, tenantId])] })
}

function keyOf(subscription: PushSubscription): string {
  const bytes = new Uint8Array(subscription.options.applicationServerKey ?? new ArrayBuffer(0))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '')
}
