import * as wf from '@temporalio/workflow'
import type { MediaActivities } from '#activities/media.ts'
import { FETCH_MEDIA } from '../proxies.ts'
import type { MediaFetchInput } from './messages.ts'

const { fetchMedia } = wf.proxyActivities<MediaActivities>(FETCH_MEDIA)

/** Brings one file of a contact home before the provider forgets it. */
export async function mediaFetch(input: MediaFetchInput): Promise<void> {
  await fetchMedia(input)
}
