import { apiKeys } from './api-keys.ts'
import { audit } from './audit.ts'
import { auth } from './auth.ts'
import { channels } from './channels.ts'
import { common } from './common.ts'
import { composer } from './composer.ts'
import { contacts } from './contacts.ts'
import { conversations } from './conversations.ts'
import { diagnostics } from './diagnostics.ts'
import { errors } from './errors.ts'
import { filters } from './filters.ts'
import { flows } from './flows.ts'
import { health } from './health.ts'
import { inbox } from './inbox.ts'
import { lines } from './lines.ts'
import { messages } from './messages.ts'
import { notifications } from './notifications.ts'
import { people } from './people.ts'
import { plans } from './plans.ts'
import { platform } from './platform.ts'
import { privacy } from './privacy.ts'
import { requestLog } from './request-log.ts'
import { runs } from './runs.ts'
import { security } from './security.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { translations } from './translations.ts'
import { usage } from './usage.ts'
import { validation } from './validation.ts'
import { webhooks } from './webhooks.ts'
import { workspace } from './workspace.ts'

export const es = {
  apiKeys,
  audit,
  auth,
  channels,
  common,
  composer,
  contacts,
  conversations,
  diagnostics,
  errors,
  filters,
  flows,
  health,
  inbox,
  lines,
  messages,
  notifications,
  people,
  plans,
  platform,
  requestLog,
  privacy,
  runs,
  security,
  settings,
  shell,
  translations,
  usage,
  validation,
  webhooks,
  workspace,
} as const
