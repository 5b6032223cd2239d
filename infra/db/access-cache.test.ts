import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createAccessCache } from './access-cache.ts'
import { createDb } from './tx.ts'

const nobody = 'postgres://nobody@127.0.0.1:9/nothing'

test('a connection that fails tells it once, by its error', async () => {
  const db = createDb({ appUrl: nobody, relayUrl: nobody })
  let ends = 0
  const listening = db.listen(
    'x',
    () => undefined,
    () => {
      ends += 1
    },
  )
  await assert.rejects(listening, /ECONNREFUSED/)
  await db.close()
  assert.equal(ends, 0)
})

test('while Postgres is away it is asked once a second, however often its loss is told', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  let attempts = 0
  const listen = async (_channel: string, _notify: (payload: string) => void, lost?: () => void) => {
    attempts += 1
    lost?.()
    lost?.()
    throw new Error('away')
  }
  const cache = await createAccessCache({ db: { listen }, nowMs: () => 0, onFailure: () => undefined })
  for (let second = 0; second < 8; second += 1) {
    mock.timers.tick(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(attempts, 9)
  await cache.close()
  mock.timers.tick(10_000)
  assert.equal(attempts, 9)
})
