import { createHash } from 'node:crypto'
import { idText, isObject, type SplitItem } from './split.ts'

/** Statuses of one message stay in one lane; some lanes let several dispatchers share them. */
const STATUS_LANES = 4

/**
 * The lane of an item. Items of one lane are taken in order, by one process at a time: a lane is one contact for what
 * contacts write, a share for statuses, and one for all that speaks of the account.
 */
export function laneOf({ kind, item }: SplitItem): string {
  const body = isObject(item.body) ? item.body : {}
  if (kind === 'message' || kind === 'preference' || kind === 'call') {
    const person =
      idText(body['from_user_id']) ?? idText(body['user_id']) ?? idText(body['from']) ?? idText(body['wa_id'])
    return `c:${person ?? 'unknown'}`
  }
  if (kind === 'echo') return `c:${idText(body['to_user_id']) ?? idText(body['to']) ?? 'unknown'}`
  if (kind === 'status') {
    const hash = createHash('sha1')
      .update(idText(body['id']) ?? '')
      .digest()
    return `s:${hash[0]! % STATUS_LANES}`
  }
  // A lane of its own, so that what is wrong with another item does not look like a house that hears nothing.
  return kind === 'probe' ? 'probe' : 'account'
}
