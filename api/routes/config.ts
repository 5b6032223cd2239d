import { z } from '@hono/zod-openapi'
import { feature, json, route } from '../routing.ts'

const Config = z
  .strictObject({
    version: z.string(),
    openSignUp: z.boolean(),
    passwordMin: z.int(),
    passwordMax: z.int(),
    /** Where engineers open a run; null where nobody told. */
    temporalUiUrl: z.string().nullable(),
    temporalNamespace: z.string(),
    /** The page of the simulated phones, where channels are simulated. */
    phoneSimulatorUrl: z.string().nullable(),
    mailSimulatorUrl: z.string().nullable(),
  })
  .meta({ id: 'Config' })
export type Config = z.infer<typeof Config>

const getRoute = route({
  method: 'get',
  path: '/',
  access: 'public',
  tags: ['Configuration'],
  summary: 'What the web app may know before anybody signs in',
  responses: { 200: json(Config, 'The configuration.') },
})

export const configApi = () => feature().openapi(getRoute, (c) => c.json(c.get('deps').settings.publicConfig, 200))
export type ConfigApi = ReturnType<typeof configApi>
