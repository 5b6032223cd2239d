import { type Business, openBusiness } from './business.ts'
import { ECHO_FLOW } from './echo-flow.ts'
import { openHouse, type WholeHouse } from './house.ts'
import { drained, openRows } from './rows.ts'
import { countStatements, type StatementCount } from './statements.ts'
import { botTurns, type Shape } from './turns.ts'
import { pause } from './until.ts'

/** What a house at rest asks by itself is taken off. */
const REST_MS = 5_000

export type RememberingSizes = { turns: Shape; loads: number }
export type Asked = { perTurn: number; perInboxLoad: number }

/**
 * What Postgres is asked for one bot turn and for one load of the inbox: by a house that remembers what seldom changes,
 * and by one that is told to ask everything each time.
 */
export async function rememberingFigures(
  { house, business }: { house: WholeHouse; business: Business },
  sizes: RememberingSizes,
  say: (text: string) => void,
): Promise<{ remembering: Asked; forgetful: Asked }> {
  const remembering = await askedIn(house, business, sizes)
  const other = await openHouse(say, { HOLDFAST_CACHES: 'off' })
  try {
    const stranger = await openBusiness(other, { name: 'Forgetful', numbers: 1, flow: ECHO_FLOW })
    return { remembering, forgetful: await askedIn(other, stranger, sizes) }
  } finally {
    await other.stop()
  }
}

async function askedIn(house: WholeHouse, business: Business, { turns, loads }: RememberingSizes): Promise<Asked> {
  await botTurns(business, turns)
  await rest(house)
  const atRest = (await countStatements(house, () => pause(REST_MS))).count / REST_MS
  const began = performance.now()
  let tookMs = 0
  const ofTurns = await countStatements(house, async () => {
    await botTurns(business, turns)
    await rest(house)
    tookMs = performance.now() - began
  })
  await loadInbox(business)
  const ofLoads = await countStatements(house, async () => {
    for (let n = 0; n < loads; n += 1) await loadInbox(business)
  })
  const forTurns = ofTurns.count - atRest * tookMs
  return { perTurn: forTurns / (turns.conversations * turns.messages), perInboxLoad: byApi(ofLoads) / loads }
}

/** Without the polling of the dispatcher, which goes on beside and uses another role. */
const byApi = ({ statements }: StatementCount): number =>
  statements
    .filter(({ user }) => user === 'holdfast_app' || user === 'holdfast_auth')
    .reduce((sum, { count }) => sum + count, 0)

async function rest(house: WholeHouse): Promise<void> {
  const rows = openRows(house.adminUrl)
  await drained(rows, 120_000)
  await rows.close()
}

/** What the page asks when somebody opens it, and then the first conversation in it. */
const FRAME = ['/me', '/tenant', '/translations/en', '/notifications/unread', '/channels', '/tags', '/members'] as const

async function loadInbox({ member }: Business): Promise<void> {
  type Page = { items: { id: string; contact: { id: string } }[] }
  const get = <T>(path: string) => member.call<T>('GET', path)
  const [list] = await Promise.all([
    get<Page>('/conversations?state=open&limit=50'),
    get('/conversations/counts'),
    ...FRAME.map((path) => get(path)),
  ])
  const first = list.items[0]
  if (first === undefined) throw new Error('the inbox is empty')
  await Promise.all([
    get(`/conversations/${first.id}`),
    get(`/conversations/${first.id}/messages?limit=50`),
    get(`/contacts/${first.contact.id}`),
    get('/custom-fields'),
  ])
}
