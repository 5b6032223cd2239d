import { auth } from './auth.ts'
import { common } from './common.ts'
import { contacts } from './contacts.ts'
import { conversations } from './conversations.ts'
import { errors } from './errors.ts'
import { inbox } from './inbox.ts'
import { lines } from './lines.ts'
import { messages } from './messages.ts'
import { people } from './people.ts'
import { runs } from './runs.ts'
import { settings } from './settings.ts'
import { shell } from './shell.ts'
import { validation } from './validation.ts'

export const en = {
  auth,
  common,
  contacts,
  conversations,
  errors,
  inbox,
  lines,
  messages,
  people,
  runs,
  settings,
  shell,
  validation,
} as const
