import { cookieOf } from '../api/house.ts'
import { type Code, type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const openHouse = await houseOf()
const LOG = 'infra/log.ts'
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const CANARY = 'kanarienvogel'

/** What a database says when it fails: the row, and the address that it was asked at. */
const fault = () =>
  Object.assign(new Error(`cannot reach postgres://app:${CANARY}-password@127.0.0.1:5432/x`), {
    code: 'XX000',
    detail: `Failing row contains (${CANARY}-row).`,
    where: `parameter $1 = '${CANARY}-parameter'`,
  })

/** A house whose log is the real one, and whose database fails with a row in its mouth. */
async function open(code: Code) {
  const house = await openHouse(code)
  const { createLogger } = await code<typeof import('#infra/log.ts')>(LOG)
  const lines: string[] = []
  const log = createLogger({ name: 'api', destination: { write: (line) => void lines.push(line) } })
  const { createApp } = await code<typeof import('#api/app.ts')>('api/app.ts')
  const owner = await house.owner()
  const db = { ...house.deps.db, tenant: () => Promise.reject(fault()) }
  return { house, owner, lines, app: createApp({ ...house.deps, log, db }) }
}

/** Asks for something that fails on our side. @returns what the caller is told. */
async function fail({ owner, app }: Awaited<ReturnType<typeof open>>): Promise<string> {
  const answer = await app.request('/api/v1/contacts', { headers: { cookie: cookieOf(owner) } })
  if (answer.status !== 500) throw new Error(`answered by ${answer.status}`)
  return answer.text()
}

const canariesIn = (text: string): string[] =>
  [...text.matchAll(new RegExp(`${CANARY}-\\w+`, 'g'))].map(([found]) => found)

holds('[S68] a fault tells its caller nothing of what it met', {
  open,
  attack: async (target) => canariesIn(await fail(target)),
  without: edit(
    'api/problem.ts',
    "new DomainError('internal_error', 'Something went wrong on our side.', { cause: error })",
    "new DomainError('internal_error', String(error), { cause: error })",
  ),
})

holds('[S68] … and the log what kind of fault it was, without the row and without the password', {
  open,
  async attack(target) {
    await fail(target)
    const text = target.lines.join('')
    if (!text.includes('XX000')) throw new Error('the fault is in the log')
    return canariesIn(text)
  },
  without: edit(LOG, 'serializers: { err: serializeError, error: serializeError },', ''),
})

holds('[S68] what people wrote and are called by is not in the log, however deep it lies in what is told', {
  open: (code) => code<typeof import('#infra/log.ts')>(LOG),
  async attack({ createLogger }) {
    const lines: string[] = []
    const log = createLogger({ name: 'worker', destination: { write: (line) => void lines.push(line) } })
    log.warn({ phone: `${CANARY}-phone`, message: { content: { text: `${CANARY}-text` } } }, 'not sent')
    log.warn({ request: { headers: { authorization: `${CANARY}-key`, cookie: `${CANARY}-cookie` } } }, 'refused')
    if (lines.length !== 2) throw new Error('both are in the log')
    return canariesIn(lines.join(''))
  },
  without: edit(LOG, "redact: { paths: PATHS, censor: '[redacted]' },", ''),
})
