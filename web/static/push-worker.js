// @ts-nocheck: a service worker has globals that a page has not
// Shows what the house pushes and opens the page it is about. It keeps nothing and touches no request.
addEventListener('install', () => self.skipWaiting())
addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

addEventListener('push', (event) => {
  const { title, body, url, tag } = event.data.json()
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      tag,
      icon: '/favicon.svg',
      badge: '/favicon.svg',
      data: { url },
    }),
  )
})

addEventListener('notificationclick', (event) => {
  event.notification.close()
  const url = new URL(event.notification.data?.url ?? '/inbox', self.location.origin)
  // A push may only lead into the house.
  event.waitUntil(open(url.origin === self.location.origin ? url.href : self.location.origin))
})

async function open(href) {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const known = windows[0]
  if (!known) return self.clients.openWindow(href)
  await known.focus()
  return known.navigate(href).catch(() => self.clients.openWindow(href))
}
