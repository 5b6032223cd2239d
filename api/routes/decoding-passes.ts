import { DecodingPass } from '#domain/runs/schema.ts'
import { signDecodingPass } from '../decoding-pass.ts'
import { audited, feature, inTenant, json, route } from '../routing.ts'

const createRoute = route({
  method: 'post',
  path: '/',
  access: 'runs.decode',
  peopleOnly: true,
  secretAnswer: true,
  tags: ['Runs'],
  summary: 'An address under which the Temporal UI has payloads opened for you',
  description:
    'For a Temporal UI on another host, which your browser sends no cookie for. It opens what you may read at that moment, until it expires or you sign out.',
  responses: { 201: json(DecodingPass, 'The address, and until when it is good.') },
})

export const decodingPassesApi = () =>
  feature().openapi(createRoute, async (c) => {
    const { keyRing, clock, settings } = c.get('deps')
    const { pass, expiresAtMs } = signDecodingPass(keyRing, c.get('session'), clock.nowMs())
    const expiresAt = new Date(expiresAtMs).toISOString()
    await inTenant(c, (tx) =>
      audited(c, tx, {
        action: 'payloads.create_pass',
        subject: { type: 'session', id: c.get('session').sessionId },
        detail: { expiresAt },
      }),
    )
    return c.json({ endpoint: `${settings.origins[0]}/api/temporal-codec/${pass}`, expiresAt }, 201)
  })
