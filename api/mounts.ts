import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import type { ApiDeps, AppEnv } from './deps.ts'
import { auditApi } from './routes/audit.ts'
import { authApi } from './routes/auth.ts'
import { calendarsApi } from './routes/calendars.ts'
import { configApi } from './routes/config.ts'
import { eventsApi } from './routes/events.ts'
import { healthApi } from './routes/health.ts'
import { invitationsApi } from './routes/invitations.ts'
import { meApi } from './routes/me.ts'
import { membersApi } from './routes/members.ts'
import { notificationSettingsApi } from './routes/notification-settings.ts'
import { notificationsApi } from './routes/notifications.ts'
import { platformApi } from './routes/platform.ts'
import { platformDeadLettersApi } from './routes/platform-dead-letters.ts'
import { platformDiagnosticsApi } from './routes/platform-diagnostics.ts'
import { platformHealthApi } from './routes/platform-health.ts'
import { platformPlansApi } from './routes/platform-plans.ts'
import { platformTenantsApi } from './routes/platform-tenants.ts'
import { rolesApi } from './routes/roles.ts'
import { secondFactorsApi } from './routes/second-factors.ts'
import { secondStepApi } from './routes/second-step.ts'
import { supportAccessApi } from './routes/support-access.ts'
import { tenantApi } from './routes/tenant.ts'
import { textsApi } from './routes/texts.ts'
import { translationsApi } from './routes/translations.ts'

/** One feature's routes and where they hang. `build` is called once per app, so tests may hand it other deps. */
export type Mount = { path: string; build: (deps: ApiDeps) => OpenAPIHono<AppEnv> | Hono<AppEnv> }

/** The routes every product needs: people, tenants, roles, the stream of events. */
export const CORE_MOUNTS: readonly Mount[] = [
  { path: '/auth', build: authApi },
  { path: '/auth', build: secondStepApi },
  { path: '/auth/second-factors', build: secondFactorsApi },
  { path: '/me', build: meApi },
  { path: '/members', build: membersApi },
  { path: '/invitations', build: invitationsApi },
  { path: '/roles', build: rolesApi },
  { path: '/tenant', build: tenantApi },
  { path: '/calendars', build: calendarsApi },
  { path: '/audit', build: auditApi },
  { path: '/notifications', build: notificationSettingsApi },
  { path: '/notifications', build: notificationsApi },
  { path: '/translations', build: translationsApi },
  { path: '/texts', build: textsApi },
  { path: '/support-access', build: supportAccessApi },
  { path: '/platform/tenants', build: platformTenantsApi },
  { path: '/platform/plans', build: platformPlansApi },
  { path: '/platform', build: platformHealthApi },
  { path: '/platform', build: platformDeadLettersApi },
  { path: '/platform', build: platformDiagnosticsApi },
  { path: '/platform', build: platformApi },
  { path: '/events', build: eventsApi },
  { path: '/config', build: configApi },
  { path: '/health', build: healthApi },
]
