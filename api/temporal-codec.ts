import type { Context } from 'hono'
import { DomainError } from '#domain/errors.ts'
import { audit } from '#infra/db/stores/audit.ts'
import { type CodecAccess, type CodecViewer, createCodecEndpoint } from '#temporal/codec-endpoint.ts'
import { sessionOfPass } from './decoding-pass.ts'
import type { ApiDeps, AppEnv } from './deps.ts'
import { principalOf, readSession } from './middleware/principal.ts'

/** A permission of its own, for engineers of the tenant: histories may hold more than a screen shows. */
const ACCESS = 'runs.decode'

type Viewer = CodecViewer & { tenantId: string }

async function viewerOf(c: Context<AppEnv>): Promise<Viewer | undefined> {
  const pass = c.req.param('pass')
  try {
    const session = pass === undefined ? await readSession(c) : await sessionOfPass(c, pass)
    if (session === undefined) return undefined
    const { personId, tenantId, permissions } = await principalOf(c, session)
    if (personId === undefined) return undefined
    return { principalId: personId, tenantId, mayDecode: (asked) => asked === tenantId && permissions.has(ACCESS) }
  } catch (error) {
    if (error instanceof DomainError) return undefined
    throw error
  }
}

async function writeDown(c: Context<AppEnv>, viewer: Viewer | undefined, access: CodecAccess): Promise<void> {
  const { db, log } = c.get('deps')
  const requestId = c.get('requestId')
  const { outcome, code, workflowIds, payloadCount } = access
  if (viewer === undefined) {
    log.warn({ requestId, outcome, code, payloadCount }, 'payloads were asked for by nobody')
    return
  }
  const { principalId, tenantId } = viewer
  await db.tenant({ tenantId, personId: principalId }, (tx) =>
    audit(tx, {
      tenantId,
      actor: { kind: 'person', id: principalId },
      action: `payloads.${outcome}`,
      subject: { type: 'workflow', id: workflowIds[0] ?? '' },
      detail: { workflowIds: workflowIds.slice(0, 50), payloadCount, ...(code !== undefined && { code }) },
      requestId,
    }),
  )
}

/** Opens payloads for the Temporal UI, which calls from an origin of its own: hence before the guard against those. */
export function temporalCodec({ keyRing, subjectKeys, settings }: ApiDeps) {
  const { temporalUiUrl, temporalNamespace: namespace } = settings.publicConfig
  const uiOrigin = temporalUiUrl ? new URL(temporalUiUrl).origin : ''
  return async (c: Context<AppEnv>): Promise<Response> => {
    const viewer = await viewerOf(c)
    const endpoint = createCodecEndpoint({
      keyRing,
      subjectKeys,
      namespace,
      uiOrigin,
      audit: (access) => writeDown(c, viewer, access),
    })
    return endpoint(c.req.raw, viewer)
  }
}
