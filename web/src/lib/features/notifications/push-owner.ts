import { api } from '#lib/api/client.ts'

const WORKER = '/push-worker.js'
const KEY = 'holdfast.push'

/** For whom the house was told of this browser: the API names no browsers, so the browser remembers it. */
export type PushOwner = { endpoint: string; personId: string; tenantIds: string[] }

export const pushOwner = {
  read(): PushOwner | undefined {
    try {
      return (JSON.parse(localStorage.getItem(KEY) ?? 'null') as PushOwner | null) ?? undefined
    } catch {
      return undefined
    }
  },
  write(owner: PushOwner | undefined): void {
    try {
      if (owner === undefined) localStorage.removeItem(KEY)
      else localStorage.setItem(KEY, JSON.stringify(owner))
    } catch {
      // What is not remembered counts as off, and is told to the house once more when it is switched on.
    }
  },
}

export async function registeredWorker(): Promise<ServiceWorkerRegistration | undefined> {
  return 'serviceWorker' in navigator ? navigator.serviceWorker.getRegistration(WORKER) : undefined
}

/** Registers what shows the pushes, and waits until it can. */
export async function readyWorker(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(WORKER)
  return navigator.serviceWorker.ready
}

/** Nothing is shown by this browser any more, whoever is still pushed to: its address is given up. */
export async function endPushes(): Promise<void> {
  pushOwner.write(undefined)
  const worker = await registeredWorker().catch(() => undefined)
  if (!worker) return
  try {
    const subscription = await worker.pushManager.getSubscription()
    await subscription?.unsubscribe()
  } catch {
    // Without its push service a browser may refuse to give the address up; then what would show the pushes goes.
    await worker.unregister().catch(() => false)
  }
}

/** Whoever signed out otherwise, as by a session that ended, must not be told things on the screen of the next. */
export async function endPushesOfOthers(personId: string): Promise<void> {
  const owner = pushOwner.read()
  if (owner !== undefined && owner.personId !== personId) await endPushes()
}

/**
 * Before somebody signs out: the house, which still knows them, forgets this browser.
 * @returns what undoes it, where they stay after all.
 */
export async function partFromPushes(): Promise<() => Promise<void>> {
  const subscription = await registeredWorker()
    .then((worker) => worker?.pushManager.getSubscription())
    .catch(() => undefined)
  if (!subscription) return async () => undefined
  const { endpoint, keys } = subscription.toJSON()
  const isForgotten = await api.delete('/notifications/push-subscriptions', { endpoint }).then(
    () => true,
    () => false,
  )
  return async () => {
    if (isForgotten) await api.post('/notifications/push-subscriptions', { endpoint, keys }).catch(() => undefined)
  }
}
