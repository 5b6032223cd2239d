import type { HttpBindings } from '@hono/node-server'
import type { Client } from '@temporalio/client'
import type { ErrorCode } from '#domain/errors.ts'
import type { Principal } from '#domain/permissions/principal.ts'
import type { Auth } from '#infra/auth/auth.ts'
import type { Session } from '#infra/auth/sessions.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import type { SubjectKeyStore } from '#infra/crypto/subject-keys.ts'
import type { AccessCache } from '#infra/db/access-cache.ts'
import type { PlatformDb } from '#infra/db/platform.ts'
import type { Acting } from '#infra/db/stores/acting.ts'
import type { TenantScope } from '#infra/db/stores/idempotency.ts'
import type { ProvisionWorkspace } from '#infra/db/stores/workspaces.ts'
import type { Db } from '#infra/db/tx.ts'
import type { MailSender } from '#infra/mail/mail-sender.ts'
import type { MediaStore } from '#infra/media/store.ts'
import type { ChannelConnections } from '#infra/providers/channel-connections.ts'
import type { LookAtParts } from '#infra/system-parts.ts'
import type { Background } from './background.ts'
import type { EventFeed } from './live/event-feed.ts'
import type { RequestLog } from './request-log.ts'
import type { Config } from './routes/config.ts'

export type ApiSettings = {
  /** The origins a browser may call from; the first one is the address that mails and redirects name. */
  origins: readonly string[]
  /** Addresses and ranges of our own proxies; a forwarding header is believed only from them. */
  trustedProxies: readonly string[]
  /** Origins of our own network that webhooks may go to all the same. */
  allowedOrigins?: readonly string[]
  /** Off, nothing is remembered that Postgres could be asked; absent is on. */
  remembers?: boolean
  /** Cookies only travel over TLS. Off for a start on the loopback without TLS. */
  secureCookies: boolean
  /** What a browser hands to its push service; absent where no pushes are sent. */
  pushKey?: string
  /** What the web app may know before anybody signs in. */
  publicConfig: Config
}

export type Log = Record<'info' | 'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>

export type ApiDeps = {
  db: Db
  auth: Auth
  /** For the platform's administration; absent where there is none. */
  platform?: PlatformDb
  keyRing: KeyRing
  /** Keys of contacts, under which their part of Temporal's histories is sealed; absent in tests that read none. */
  subjectKeys?: SubjectKeyStore
  clock: { nowMs: () => number }
  log: Log
  /** Aborted when the process begins to leave; it still serves, and says that it will not for long. */
  leaving?: AbortSignal
  mail: MailSender
  /** Looks whether files can be kept and mails sent; absent in tests that are not about it. */
  parts?: LookAtParts
  /** Work that an answer does not wait for. The process ends only after it. */
  background: Background
  /** What is remembered of who may read what; absent where it is asked each time. */
  access?: AccessCache
  /** The live stream of events; absent where nobody listens. */
  feed?: EventFeed
  /** Writes requests down; absent in tests that are not about it. */
  requestLog?: RequestLog
  /** Where files are kept, and how numbers are connected; absent only in tests that need neither. */
  media?: MediaStore
  channels?: ChannelConnections
  settings: ApiSettings
  /** Absent where Temporal is down at start or not needed; routes that need it answer `unavailable`. */
  temporal?: Client
  /** Run in this order after roles and calendar exist. */
  provisionWorkspace: readonly ProvisionWorkspace[]
  /** What a new tenant gets that only others can give, as its first number; begun once its workspace is there. */
  workspaceReady?: (acting: Acting, workspace: { name: string }) => Promise<void>
}

export type AppEnv = {
  Bindings: HttpBindings | undefined
  Variables: {
    deps: ApiDeps
    requestId: string
    /** Set on every route whose access is a permission or `member`. Reading it elsewhere gives undefined. */
    principal: Principal
    /** Set on every route whose access is not `public`, when a person asks. */
    session: Session
    /** The API key that asks, as soon as it is known whose it is, and even if it is refused. */
    caller: { kind: 'api_key'; id: string; tenantId: string } | undefined
    /** The code of the problem that is answered, if one is. */
    problemCode: ErrorCode | undefined
    /** Who asks, on routes of the platform's administration. */
    administrator: { personId: string }
    /** Set on lists: how long one of their statements may take. */
    statementWithinMs: number | undefined
    /** Under which Idempotency-Key the verb runs; what it commits is marked with it. */
    underKey: TenantScope | undefined
  }
}
