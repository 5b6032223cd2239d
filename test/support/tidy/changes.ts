import type { SchemaChange } from '#infra/db/schema-changes.ts'
import { isContract } from '#infra/db/schema-changes.ts'

/** Tables that grow without end, or hold a row for each contact: what takes minutes there takes the house down. */
export const LARGE_TABLES = [
  ...['messages', 'message_statuses', 'message_causes', 'message_external_ids', 'message_reactions', 'media_files'],
  'sent_files',
  ...[
    'conversations',
    'conversation_tags',
    'bells',
    'contacts',
    'contact_identities',
    'contact_tags',
    'contact_changes',
  ],
  ...['consents', 'consent_changes', 'runs', 'run_events', 'run_calls', 'turn_outcomes', 'events', 'audit_log'],
  ...['inbound_bodies', 'inbound_events', 'inbound_keys', 'webhook_deliveries', 'webhook_attempts', 'api_requests'],
] as const

type Danger = { what: RegExp; instead: string; onlyLarge?: boolean; allowedInContract?: boolean }

/** Each is looked for in one statement, in lower case, without comments; `$t` stands for a table that was there before. */
const DANGERS: readonly Danger[] = [
  {
    what: /^drop table (if exists )?$t|^alter table (only )?$t .*\b(drop column|rename)\b/,
    instead: 'the version before uses it; take it away later, in a change whose name ends in -contract',
    allowedInContract: true,
  },
  {
    what: /^alter table (only )?$t .*\balter (column )?\w+ (set data )?type\b/,
    instead: 'it rewrites the table under a lock; add a column and fill it in batches',
  },
  {
    what: /^alter table (only )?$t .*\balter (column )?\w+ set not null\b/,
    instead: 'it reads the whole table under a lock; add a check that is not valid, and validate it in the next change',
    onlyLarge: true,
  },
  {
    what: /^alter table (only )?$t .*\badd (constraint \w+ )?(check|foreign key)\b(?!.*\bnot valid\b)/,
    instead: 'it reads the whole table under a lock; say "not valid", and validate it in the next change',
    onlyLarge: true,
  },
  {
    what: /^alter table (only )?$t .*\badd (constraint \w+ )?(unique|primary key)\b(?!.*\busing index\b)/,
    instead: 'it builds an index under a lock; build it concurrently first, and say "using index"',
    onlyLarge: true,
  },
  {
    what: /^alter table (only )?$t .*\badd (column )?\w+ .*(default [^,]*\b(random|gen_random_uuid|clock_timestamp|nextval)\(|generated always as \()/,
    instead: 'it rewrites the table under a lock; add the column without it, and fill it in batches',
    onlyLarge: true,
  },
  {
    what: /^create (unique )?index (?!concurrently)(if not exists )?\w* ?on (only )?$t/,
    instead:
      'nobody writes to the table while it is built; begin the file with "-- outside a transaction" and say "concurrently"',
    onlyLarge: true,
  },
  {
    what: /^(update|delete from) (only )?$t(?!.*\bwhere\b)/,
    instead: 'it locks every row until the end; let the dispatcher do it in batches',
    onlyLarge: true,
  },
  { what: /^(lock|vacuum full|cluster|truncate)\b.*\b$t/, instead: 'nobody gets at the table meanwhile' },
]

const withoutCommentsAndBodies = (text: string): string =>
  text
    .replace(/\$(\w*)\$.*?\$\1\$/gs, "''")
    .replace(/--[^\n]*/g, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()

/** What in a change would stop the house, or the version before it, while it is made. */
export function dangersOf({ name, text }: SchemaChange): string[] {
  const statements = withoutCommentsAndBodies(text)
    .split(';')
    .map((statement) => statement.trim())
  const made = new Set(
    statements.flatMap((statement) => /^create table (?:if not exists )?([\w.]+)/.exec(statement)?.[1] ?? []),
  )
  const found: string[] = []
  for (const statement of statements) {
    for (const { what, instead, onlyLarge, allowedInContract } of DANGERS) {
      if (allowedInContract === true && isContract(name)) continue
      const match = new RegExp(what.source.replaceAll('$t', '(?<table>[\\w.]+)'), 's').exec(statement)
      const table = match?.groups?.['table']
      if (table === undefined || made.has(table)) continue
      if (onlyLarge === true && !LARGE_TABLES.some((large) => large === table)) continue
      found.push(`${name}: "${statement.slice(0, 80)}": ${instead}`)
    }
  }
  return found
}
