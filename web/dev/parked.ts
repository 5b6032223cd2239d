import { idOf } from './random.ts'
import { type Answer, type Ask, ok, page } from './routes.ts'
import { HOUR, iso } from './world.ts'

const now = Date.now()
const SET_ASIDE_AT = idOf(6, 2)
const parked = [
  { kind: 'message', error: 'invalid input syntax for type json: Token "NaN" is invalid.', body: { type: 'text' } },
  { kind: 'status', error: 'no partition of relation "message_statuses" found for row', body: { status: 'read' } },
].map(({ kind, error, body }, index) => ({
  id: idOf(34, index + 1),
  channelId: SET_ASIDE_AT,
  kind,
  attempts: 12,
  error,
  receivedAt: iso(now - (index + 2) * HOUR),
  item: { field: 'messages', value: body },
}))

/** What one number could not take; taken once more, it is gone from here. */
export function parkedRoutes({ path, query, method }: Ask): Answer | undefined {
  const [, channelId, itemId] = /^\/channels\/([^/]+)\/parked-items(?:\/([^/]+)\/retry)?$/.exec(path) ?? []
  if (channelId === undefined) return undefined
  const at = parked.findIndex(({ id }) => id === itemId)
  if (method === 'POST' && at !== -1) {
    parked.splice(at, 1)
    return ok(undefined, 204)
  }
  return page(channelId === SET_ASIDE_AT ? parked : [], query)
}
