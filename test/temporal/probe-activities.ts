import { ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity'

export type ProbeActivities = ReturnType<typeof createProbeActivities>

/** `onHeartbeatDetails` hears what the second attempt found of the first one's heartbeat. */
export const createProbeActivities = (onHeartbeatDetails: (details: unknown) => void) => ({
  async echo(text: string): Promise<string> {
    return text
  },
  async echoAfterHeartbeat(text: string): Promise<string> {
    const { attempt, heartbeatDetails } = activityInfo()
    if (attempt > 1) {
      onHeartbeatDetails(heartbeatDetails)
      return text
    }
    heartbeat(`${text} heartbeat`)
    throw new Error(`${text} first attempt`)
  },
  async failWith(text: string): Promise<never> {
    throw ApplicationFailure.nonRetryable(text, 'internal_error', `${text} details`)
  },
  async large(sizeBytes: number): Promise<string> {
    return 'x'.repeat(sizeBytes)
  },
})
