import { mkdtempSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { serve } from '@hono/node-server'
import { createFileStore } from '#infra/media/store.ts'
import { type ConnectionSettings, createChannelConnections } from '#infra/providers/channel-connections.ts'
import { startBench } from '../simulators/support.ts'
import { contractOf, type Operation } from './contract.ts'
import { furnish } from './furniture.ts'
import { type Browser, cookieOf, ORIGIN, openHouse } from './house.ts'
import { setLimits } from './program.ts'
import { RECIPES } from './write-recipes.ts'

export const named = ({ method, path }: Operation) => `${method} ${path}`

/** Which piece of furniture the `{id}` of an address is. */
const PIECES: Record<string, string> = {
  calendars: 'calendar',
  channels: 'channel',
  contacts: 'contact',
  conversations: 'conversation',
  'custom-fields': 'field',
  flows: 'flow',
  invitations: 'invitation',
  messages: 'message',
  notifications: 'notification',
  roles: 'role',
  runs: 'run',
  tags: 'tag',
  'webhook-subscriptions': 'webhook',
}

function pathOf({ path }: Operation, ids: Record<string, string>): string {
  const piece = PIECES[path.split('/')[1]!]
  const places: Record<string, string | undefined> = {
    id: piece === undefined ? undefined : ids[piece],
    tagId: ids['tag'],
    deliveryId: ids['delivery'],
    locale: 'en',
    key: 'inbox.title',
    category: 'marketing',
  }
  return path.replace(/\{(\w+)\}/g, (whole, name: string) => places[name] ?? whole)
}

/** Room for all that the walk adds. */
export const ROOMY = {
  ...{ members: 1e3, channels: 1e3, contacts: 1e3, flows: 1e3, customFields: 1e3, tags: 1e3, roles: 1e3 },
  ...{ calendars: 1e3, webhooks: 1e3, apiKeys: 1e3, storageBytes: 1e9, personRequestsPerMinute: 1e6 },
}

/** A house in which every operation of the contract that changes something can be asked for with success. */
export async function openWalk() {
  const house = await openHouse()
  const settings: ConnectionSettings = { graph: { baseUrl: '', version: 'v25.0' }, publicUrl: '' }
  const bench = await startBench({ numbersCount: 3 })
  settings.graph.baseUrl = bench.url
  const server = serve({ fetch: house.app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  settings.publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { db, keyRing, clock } = house.deps
  house.deps.channels = createChannelConnections({ db, keyRing, clock, settings })
  house.deps.media = createFileStore(mkdtempSync(join(tmpdir(), 'holdfast-write-walk-')))
  after(async () => {
    await new Promise((resolve) => server.close(resolve))
    await house.deps.channels?.close()
    await bench.close()
  })
  const { operations, sample } = contractOf(house.app)
  const [owner, platform] = [await house.owner(), await house.administrator()]
  await setLimits(house, owner.tenantId, ROOMY)
  let round = 0

  async function request(browser: Browser, method: string, path: string, body: unknown): Promise<Response> {
    if (!(body instanceof FormData)) return browser.request(method, path, body)
    const encoded = new Response(body)
    const type = encoded.headers.get('content-type')!
    const headers = { origin: ORIGIN, cookie: cookieOf(browser), 'content-type': type }
    return house.app.request(`/api/v1${path}`, { method, headers, body: await encoded.arrayBuffer() })
  }

  /** Readies all that an operation needs. @returns how to ask for it, once. */
  async function ready(operation: Operation): Promise<() => Promise<{ response: Response; text: string }>> {
    round += 1
    const isPlain = !operation.path.includes('{') && RECIPES[named(operation)] === undefined
    const ids = isPlain ? {} : await furnish(house, owner, round)
    const path = pathOf(operation, ids)
    const body = operation.body === undefined ? undefined : sample(operation.body)
    const scene = { house, bench, owner, platform, ids, path, body }
    const asked = (await RECIPES[named(operation)]?.(scene)) ?? {}
    const who = asked.as ?? (operation.access === 'platform' ? platform : owner)
    await house.background.settled()
    return async () => {
      const sent = 'body' in asked ? asked.body : body
      const response = await request(who, operation.method, asked.path ?? path, sent)
      const text = await response.text()
      await house.background.settled()
      return { response, text }
    }
  }
  return { house, owner, writes: operations.filter(({ method }) => method !== 'GET'), ready }
}
