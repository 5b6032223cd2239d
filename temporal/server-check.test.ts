import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepsUp } from './server-check.ts'

const NOW_S = 1_900_000_000

/** What the server says of the queue of workflows. */
const queue = ({ polledS, ageS }: { polledS: number[]; ageS?: number }) =>
  ({
    workflowService: {
      describeTaskQueue: async () => ({
        pollers: polledS.map((seconds) => ({ lastAccessTime: { seconds: NOW_S - seconds } })),
        stats: ageS === undefined ? null : { approximateBacklogAge: { seconds: ageS } },
      }),
    },
  }) as unknown as Parameters<typeof keepsUp>[0]
const asked = (said: Parameters<typeof queue>[0]) => keepsUp(queue(said), 'holdfast', NOW_S * 1_000)

test('workers keep up when one has asked lately and nothing waits for half a minute', async () => {
  assert.equal(await asked({ polledS: [300, 20], ageS: 5 }), true)
  assert.equal(await asked({ polledS: [20] }), true)
})

test('they do not when what waits has waited for long, and when nobody asks', async () => {
  assert.equal(await asked({ polledS: [1], ageS: 30 }), false)
  assert.equal(await asked({ polledS: [300], ageS: 0 }), false)
  assert.equal(await asked({ polledS: [], ageS: 0 }), false)
})
