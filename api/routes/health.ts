import { z } from '@hono/zod-openapi'
import { DomainError } from '#domain/errors.ts'
import { lastPositionOfAll } from '#infra/db/stores/event-stream.ts'
import { feature, json, route } from '../routing.ts'

const Health = z.strictObject({ state: z.literal('ok') }).meta({ id: 'Health' })
const tags = ['Health']

const liveRoute = route({
  method: 'get',
  path: '/live',
  access: 'public',
  uncounted: true,
  tags,
  summary: 'The process answers',
  responses: { 200: json(Health, 'It does.') },
})

const readyRoute = route({
  method: 'get',
  path: '/ready',
  access: 'public',
  uncounted: true,
  tags,
  summary: 'The process can serve requests',
  responses: { 200: json(Health, 'It can.') },
})

const OK = { state: 'ok' } as const

export const healthApi = () =>
  feature()
    .openapi(liveRoute, (c) => c.json(OK, 200))
    .openapi(readyRoute, async (c) => {
      const { db, leaving } = c.get('deps')
      if (leaving?.aborted === true) throw new DomainError('unavailable', 'This process is about to end.')
      try {
        await db.relay(lastPositionOfAll)
      } catch (error) {
        throw new DomainError('unavailable', 'The database does not answer.', { cause: error })
      }
      return c.json(OK, 200)
    })
