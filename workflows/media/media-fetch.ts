import * as wf from '@temporalio/workflow'
import type { MediaActivities } from '#activities/media.ts'
import { FETCH_MEDIA } from '../proxies.ts'
import { rest, restInWords } from '../rest.ts'
import { bell, type MediaFetchInput } from './messages.ts'

const { fetchMedia } = wf.proxyActivities<MediaActivities>(FETCH_MEDIA)

/** A token that was refused is rarely mended within minutes; a new one of ours is told by the bell. */
const FIRST_PAUSE_MS = 15 * 60_000
const PAUSE_MAX_MS = 6 * 3_600_000

/**
 * Brings one file of a contact home before the provider forgets it. While the provider refuses us it waits for people; the
 * activity ends that when the file's days there are over.
 */
export async function mediaFetch(input: MediaFetchInput): Promise<void> {
  let rung = false
  let pauseMs = FIRST_PAUSE_MS
  wf.setHandler(bell, () => {
    rung = true
  })
  for (;;) {
    rung = false
    const { state } = await fetchMedia(input)
    if (state !== 'waiting') return
    const wakeAtMs = Date.now() + pauseMs
    wf.setCurrentDetails(`the provider refuses us; ${restInWords(wakeAtMs)}`)
    pauseMs = (await rest(() => rung, wakeAtMs)) ? FIRST_PAUSE_MS : Math.min(2 * pauseMs, PAUSE_MAX_MS)
  }
}
