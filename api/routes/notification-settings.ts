import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { EndPush, NotificationSettings, PushSubscription, SetNotifications } from '#domain/notifications/preferences.ts'
import {
  addPushSubscription,
  readNotificationSettings,
  removePushSubscription,
  setNotifications,
} from '#infra/db/stores/notification-settings.ts'
import type { AppEnv } from '../deps.ts'
import { feature, inTenant, json, jsonBody, NO_CONTENT, route } from '../routing.ts'

const tags = ['Notifications']

const readRoute = route({
  access: 'member',
  peopleOnly: true,
  tags,
  method: 'get',
  path: '/settings',
  summary: 'Of what you are told, and how',
  responses: { 200: json(NotificationSettings, 'What holds for you in this tenant.') },
})

const setRoute = route({
  access: 'member',
  peopleOnly: true,
  tags,
  method: 'put',
  path: '/settings',
  summary: 'Choose of what you are told, and how; kinds that are not named stay as they are',
  request: { body: jsonBody(SetNotifications) },
  responses: { 200: json(NotificationSettings, 'What holds now.') },
})

const pushRoute = route({
  access: 'member',
  peopleOnly: true,
  tags,
  method: 'post',
  path: '/push-subscriptions',
  summary: 'Let this browser show pushes',
  request: { body: jsonBody(PushSubscription) },
  responses: NO_CONTENT,
})

const endPushRoute = route({
  access: 'member',
  peopleOnly: true,
  tags,
  method: 'delete',
  path: '/push-subscriptions',
  summary: 'This browser shows no more pushes',
  request: { body: jsonBody(EndPush) },
  responses: NO_CONTENT,
})

function placeOf(c: Context<AppEnv>): { tenantId: string; personId: string } {
  const { tenantId, personId } = c.get('principal')
  if (personId === undefined) throw new DomainError('forbidden', 'Only people are told things.')
  return { tenantId, personId }
}

async function settingsOf(c: Context<AppEnv>): Promise<NotificationSettings> {
  const { personId } = placeOf(c)
  const chosen = await inTenant(c, (tx) => readNotificationSettings(tx, personId))
  return { ...chosen, pushKey: c.get('deps').settings.pushKey ?? null }
}

export const notificationSettingsApi = () =>
  feature()
    .openapi(readRoute, async (c) => c.json(await settingsOf(c), 200))
    .openapi(setRoute, async (c) => {
      const chosen = c.req.valid('json')
      await inTenant(c, (tx) => setNotifications(tx, placeOf(c), chosen))
      return c.json(await settingsOf(c), 200)
    })
    .openapi(pushRoute, async (c) => {
      const subscription = c.req.valid('json')
      await inTenant(c, (tx) => addPushSubscription(tx, placeOf(c), subscription))
      return c.body(null, 204)
    })
    .openapi(endPushRoute, async (c) => {
      const { endpoint } = c.req.valid('json')
      const { personId } = placeOf(c)
      await inTenant(c, (tx) => removePushSubscription(tx, personId, endpoint))
      return c.body(null, 204)
    })
export type NotificationSettingsApi = ReturnType<typeof notificationSettingsApi>
