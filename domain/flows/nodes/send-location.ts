import { z } from 'zod'
import { defineNode, NEXT } from './contract.ts'
import { ShortTemplate } from './parts.ts'

const PLACE_CHARS_MAX = 1_000

const SendLocationConfig = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: ShortTemplate.optional(),
  address: ShortTemplate.optional(),
})

/** Sends a place on the map. */
export const sendLocation = defineNode({
  type: 'send_location',
  schema: SendLocationConfig,
  meta: { category: 'message', icon: 'map-pinned' },
  initial: { latitude: 0, longitude: 0 },
  ports: () => [NEXT],
  enter({ latitude, longitude, name, address }, step) {
    step.send({
      kind: 'location',
      latitude,
      longitude,
      ...(name === undefined ? {} : { name: step.render(name, PLACE_CHARS_MAX) }),
      ...(address === undefined ? {} : { address: step.render(address, PLACE_CHARS_MAX) }),
    })
    return { kind: 'go', port: 'next' }
  },
  lint: (config) =>
    config.latitude === 0 && config.longitude === 0
      ? [{ severity: 'error', code: 'place_required', path: '/latitude', message: 'A place is needed.' }]
      : [],
  reads: (config) => ({ templates: [config.name ?? '', config.address ?? ''], conditions: [] }),
})
