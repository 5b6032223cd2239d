import { heartbeat } from '@temporalio/activity'

const BEAT_MS = 3_000

/** The other side may take long to answer; a worker that has died is not waited for that long. */
export async function whileBeating<T>(work: () => Promise<T>): Promise<T> {
  const beat = setInterval(heartbeat, BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(beat)
  }
}
