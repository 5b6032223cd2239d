import { doomed, type Stock } from './stock.ts'

const EXAMPLES_MAX = 20

/** Whose id it is that a path calls `id`. */
const PLACES: Readonly<Record<string, string>> = {
  calendars: 'calendar',
  channels: 'channel',
  contacts: 'contact',
  conversations: 'conversation',
  'custom-fields': 'field',
  flows: 'flow',
  invitations: 'invitation',
  members: 'member',
  messages: 'message',
  notifications: 'notification',
  roles: 'role',
  runs: 'run',
  tags: 'tag',
  'webhook-subscriptions': 'webhook',
}

/** … and what is named by its kind, in a path or in a body. */
const NAMES: Readonly<Record<string, string>> = {
  'path.tagId': 'tag',
  'path.versionId': 'version',
  'path.deliveryId': 'delivery',
  'body.channelId': 'channel',
  'body.contactId': 'contact',
  'body.personId': 'member',
  'body.replyTo': 'message',
  'body.roleId': 'role',
}

/** Coverage takes a schema apart without a bound. A definition of a flow is too large for that: there, chance has to do. */
const DEFINITIONS = ['POST /api/v1/flows', 'PATCH /api/v1/flows/{id}', 'POST /api/v1/flows/{id}/validate']

const PHASES = ['examples', 'coverage', 'fuzzing']

const from = (kind: string) => `{ dictionary = "${kind}", probability = 0.8 }`

/** What is asked at `/place/{id}`. Schemathesis chooses by any of its filters, so one method is chosen by its name. */
function operationsAt(place: string, { but, only, ids }: { but?: string; only?: string; ids: string }): string {
  const path = `/api/v1/${place}/\\\\{id\\\\}`
  return [
    '[[operations]]',
    only === undefined ? `include-path-regex = "^${path}"` : `include-name-regex = "^${only} ${path}$"`,
    ...(but === undefined ? [] : [`exclude-method = "${but}"`]),
    `parameters = { "path.id" = ${from(ids)} }`,
    // Or examples would delete all that lists have shown before the others have asked.
    ...(only === undefined ? [] : PHASES.map((phase) => `phases.${phase}.extra-data-sources.responses = false`)),
  ].join('\n')
}

/** Ids that are there, most of the time: a guess would only ever be told that there is nothing. */
function knownIds(stock: Stock): string {
  const dictionaries = Object.entries(stock).map(
    ([kind, ids]) => `[dictionaries.${kind}]\nvalues = ${JSON.stringify(ids)}`,
  )
  const names = Object.entries(NAMES).map(([name, kind]) => `"${name}" = ${from(kind)}`)
  const places = Object.entries(PLACES).flatMap(([place, kind]) => [
    operationsAt(place, { but: 'DELETE', ids: kind }),
    operationsAt(place, { only: 'DELETE', ids: doomed(kind) }),
  ])
  return [...dictionaries, `[parameters]\n${names.join('\n')}`, ...places].join('\n\n')
}

/** The settings of schemathesis. A NUL is refused everywhere, which no schema says of every text. */
export const settingsOf = (asker: string, stock: Stock): string => `${asker}
[generation]
allow-x00 = false
with-security-parameters = false
max-examples = ${EXAMPLES_MAX}

${knownIds(stock)}

[[operations]]
include-name = ${JSON.stringify(DEFINITIONS)}
phases.coverage.enabled = false
`
