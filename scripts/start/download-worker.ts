// Run by download.ts: starts the server once through the SDK, which fetches it into the folder on the way.
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [what, downloadDir] = process.argv.slice(2)
if (downloadDir === undefined) throw new Error('usage: download-worker.ts dev-server|time-skipping <folder>')
const executable = { type: 'cached-download', downloadDir, ttl: '3650 days' } as const
const environment =
  what === 'time-skipping'
    ? await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } })
    : await TestWorkflowEnvironment.createLocal({ server: { executable } })
await environment.teardown()
