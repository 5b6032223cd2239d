import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyRingFrom } from '#infra/crypto/keyring.ts'
import { createLogger } from '#infra/log.ts'
import { codecOf } from './process.ts'
import { sdkLogger } from './temporal-log.ts'

function capture() {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  return { log: createLogger({ name: 'worker', level: 'debug', destination: { write } }), lines }
}

test('the SDK speaks in our log from warnings on, says where, and quotes nothing', () => {
  const { log, lines } = capture()
  const logger = sdkLogger(log)
  const error = Object.assign(new Error('went wrong'), { failure: { message: 'canary' } })
  logger.info('not heard', { taskQueue: 'wf' })
  logger.warn('Activity failed', { workflowId: 'flow/t/1', taskToken: 'canary', input: ['canary'], error })
  logger.error('Worker failed', { taskQueue: 'send' })
  logger.warn('No workflows registered, not polling for workflow tasks')
  assert.deepEqual(
    lines.map(({ level, msg, workflowId, taskQueue }) => [level, msg, workflowId, taskQueue]),
    [
      ['warn', 'Activity failed', 'flow/t/1', undefined],
      ['error', 'Worker failed', undefined, 'send'],
    ],
  )
  assert.match(JSON.stringify(lines), /went wrong/)
  assert.doesNotMatch(JSON.stringify(lines), /canary/)
})

test('a large payload is named by its workflow and size', () => {
  const { log, lines } = capture()
  codecOf(keyRingFrom(Buffer.alloc(32).toString('base64')), log).onLargePayload({
    workflowId: 'flow/t/1',
    sizeBytes: 5_000,
  })
  assert.partialDeepStrictEqual(lines, [{ level: 'warn', workflowId: 'flow/t/1', sizeBytes: 5_000 }])
})
