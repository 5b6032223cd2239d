import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { Logger } from '#infra/log.ts'

/** What says where something happened. The rest of what the SDK hands over may quote payloads, and stays out. */
const FACTS = ['sdkComponent', 'taskQueue', 'workflowType', 'workflowId', 'runId', 'activityType', 'attempt'] as const
/** Said at each start, and meant so: a queue has either workflows or activities. */
const EXPECTED = /^No (workflows|activities|Nexus services) registered/

/** The SDK's warnings, and those of its core, in our log and in its form. */
export const sdkLogger = (log: Logger): DefaultLogger =>
  new DefaultLogger('WARN', ({ level, message, meta = {} }) => {
    if (EXPECTED.test(message)) return
    const facts = Object.fromEntries(FACTS.filter((key) => meta[key] !== undefined).map((key) => [key, meta[key]]))
    const err = meta['error'] instanceof Error ? { err: meta['error'] } : {}
    log[level === 'ERROR' ? 'error' : 'warn']({ ...facts, ...err }, message)
  })

/** Once per process, before anything of the SDK is made. */
export function installRuntime(log: Logger): void {
  Runtime.install({
    shutdownSignals: [],
    logger: sdkLogger(log),
    telemetryOptions: { logging: { forward: {}, filter: 'WARN' } },
  })
}
