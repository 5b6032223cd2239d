import type { HttpBindings } from '@hono/node-server'
import type { Client } from '@temporalio/client'
import type { Actor } from '#domain/events/schema.ts'
import type { Principal } from '#domain/permissions/principal.ts'
import type { Sessions } from '#infra/auth/sessions.ts'
import type { KeyRing } from '#infra/crypto/keyring.ts'
import type { Db, Tx } from '#infra/db/tx.ts'

export type ApiSettings = {
  /** The origins a browser may call from; the first one is the address that mails and redirects name. */
  origins: readonly string[]
  /** How many proxies of ours stand before this process; addresses they did not add are not believed. */
  trustedProxyHops: number
  /** Cookies only travel over TLS. Off for a start on the loopback without TLS. */
  secureCookies: boolean
  version: string
  /** What the web app may know before anybody signs in. */
  publicConfig: Readonly<Record<string, unknown>>
}

export type Log = Record<'info' | 'warn' | 'error', (fields: Record<string, unknown>, message: string) => void>

export type NewWorkspace = {
  tenantId: string
  personId: string
  locale: string
  timeZone: string
  nowMs: number
  actor: Actor
}

/** Fills a part of a new tenant's workspace, in the transaction that makes the tenant. */
export type ProvisionWorkspace = (tx: Tx, workspace: NewWorkspace) => Promise<void>

export type ApiDeps = {
  db: Db
  sessions: Sessions
  keyRing: KeyRing
  clock: { nowMs: () => number }
  log: Log
  settings: ApiSettings
  /** Absent where Temporal is down at start or not needed; routes that need it answer `unavailable`. */
  temporal?: Client
  /** Run in this order after roles and calendar exist. */
  provisionWorkspace: readonly ProvisionWorkspace[]
}

export type AppEnv = {
  Bindings: HttpBindings | undefined
  Variables: {
    deps: ApiDeps
    requestId: string
    /** Set on every route whose access is a permission or `member`. Reading it elsewhere gives undefined. */
    principal: Principal
    /** Set on every route whose access is not `public`, when a person asks. */
    session: SignedInSession
    /** The key the client gave, for verbs that make one effect of one cause. */
    idempotencyKey: string | undefined
  }
}

export type SignedInSession = { sessionId: string; personId: string; tenantId: string | null }
