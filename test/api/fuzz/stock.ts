import { furnish } from '../furniture.ts'
import type { Browser, House } from '../house.ts'

/** Ids by the kind of row. */
export type Stock = Record<string, string[]>

/** So many of each kind that those which are closed or shut out on the way leave some; the last are there to be deleted. */
const ROUNDS = 6
const DOOMED_ROUNDS = 2
export const doomed = (kind: string): string => `${kind}_doomed`

/** The least that can be published and started. */
const DRAFT = {
  schemaVersion: 1,
  triggers: [{ kind: 'api' }],
  nodes: [
    { id: 'start', type: 'start', config: {} },
    { id: 'end', type: 'end', config: { outcome: 'completed' } },
  ],
  edges: [{ from: { node: 'start', port: 'next' }, to: 'end' }],
}

async function publish(owner: Browser, id: string): Promise<void> {
  type Flow = { version: number }
  const { version } = await owner.json<Flow>(200, 'GET', `/flows/${id}`)
  const drawn = await owner.json<Flow>(200, 'PATCH', `/flows/${id}`, { version, draft: DRAFT })
  await owner.json(200, 'POST', `/flows/${id}/publish`, { version: drawn.version })
}

/** Something of everything that a route names, in a state in which much can be done with it. */
export async function fillStock(house: House, owner: Browser): Promise<Stock> {
  const stock: Stock = {}
  for (let round = 0; round < ROUNDS + DOOMED_ROUNDS; round += 1) {
    const { personId: member } = await house.member(owner, 'agent')
    const made: Record<string, string> = { ...(await furnish(house, owner, round)), member }
    await publish(owner, made['flow']!)
    for (const [kind, id] of Object.entries(made)) {
      const place = round < ROUNDS ? kind : doomed(kind)
      stock[place] = [...(stock[place] ?? []), id]
    }
  }
  // The contacts have just written, so they may be answered.
  await house.admin(`update conversations set window_expires_at = now() + interval '1 day'`)
  return stock
}
