import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../deps.ts'
import { dress } from './dress.ts'
import { nameBeforeNullable, takeNull } from './nullable.ts'
import type { Contract } from './shapes.ts'
import { sayUnsaid } from './unsaid.ts'
import { webhooksOf } from './webhooks.ts'

const DESCRIPTION = `Everything that people do in Holdfast, a program may do through the same API.

Send an API key as \`Authorization: Bearer hf_…\`. Refusals are \`application/problem+json\`; their \`type\` is the page of their code,
and [all of them](/problems) are one page. Lists are read page by page with \`cursor\`. A POST with an \`Idempotency-Key\` has its
effect once.`

const SECURITY = {
  session: { type: 'apiKey', in: 'cookie', name: 'holdfast.session_token', description: 'A person who is signed in.' },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description:
      'An API key, as Settings → API keys makes it. Each operation says in `x-access` what it must be allowed.',
  },
}

/** The contract of an app as OpenAPI 3.1. It depends on no database and no settings: only on which routes there are. */
export function contractOf(app: OpenAPIHono<AppEnv>, version: string): Contract {
  sayUnsaid(app)
  nameBeforeNullable(app)
  const bare = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Holdfast', version, description: DESCRIPTION },
    externalDocs: { url: '/problems', description: 'Every code of a problem: what it means and what to do.' },
  })
  // The generator shares parts between routes; what is dressed is a copy.
  const contract = JSON.parse(JSON.stringify(bare)) as Contract
  takeNull(contract)
  contract.components = { ...contract.components, securitySchemes: SECURITY }
  const dressed = dress(contract)
  // An app of one feature, as tests build it, need not know the body.
  if (dressed.components?.schemas?.['WebhookBody'] === undefined) delete dressed.webhooks
  else dressed.webhooks = webhooksOf()
  return dressed
}
