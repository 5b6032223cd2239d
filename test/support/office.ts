import { createApp } from '#api/app.ts'
import type { ApiDeps } from '#api/deps.ts'
import { FEATURE_MOUNTS } from '#api/feature-mounts.ts'
import { createEventFeed } from '#api/live/event-feed.ts'
import { CORE_MOUNTS } from '#api/mounts.ts'
import type { HouseEvent } from '#domain/events/schema.ts'
import { BUILT_IN_PERMISSIONS, type BuiltInRole } from '#domain/permissions/catalogue.ts'
import type { Session } from '#infra/auth/sessions.ts'
import { sql } from '#infra/db/tx.ts'
import { newId } from '#infra/ids.ts'
import type { Engine } from './engine.ts'

export type Office = Awaited<ReturnType<typeof openOffice>>

/** The API of a tenant, for members who are signed in: what they ask, and what is pushed to them. */
export async function openOffice(house: Pick<Engine, 'db' | 'keyRing'>, tenantId: string, more: Partial<ApiDeps> = {}) {
  const quiet = () => undefined
  const log = { info: quiet, warn: quiet, error: quiet }
  const feed = await createEventFeed({ db: house.db, log, sessions: { alive: async (ids) => new Set(ids) } })
  const deps = {
    db: house.db,
    keyRing: house.keyRing,
    clock: { nowMs: Date.now },
    log,
    feed,
    // Who somebody is, is not what these tests are about.
    auth: {
      sessions: {
        read: async (headers: Headers): Promise<Session> => ({
          sessionId: newId(),
          personId: headers.get('x-test-person') ?? '',
          tenantId,
          supportGrantId: null,
          endsInMs: 3_600_000,
          confirmedAgoMs: 0,
          hasSecondFactor: false,
        }),
      },
    },
    settings: {
      origins: ['http://holdfast.test'],
      trustedProxies: [],
      secureCookies: false,
      publicConfig: { temporalUiUrl: null, temporalNamespace: 'test' },
    },
    provisionWorkspace: [],
    ...more,
  } as unknown as ApiDeps
  const app = createApp(deps, { api: [...CORE_MOUNTS, ...FEATURE_MOUNTS], root: [] })
  const streams: ReadableStreamDefaultReader<Uint8Array>[] = []

  const request = (personId: string, method: string, path: string, body?: unknown) =>
    app.request(`/api/v1${path}`, {
      method,
      headers: {
        origin: 'http://holdfast.test',
        'x-test-person': personId,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  return {
    request,
    /** A member in a built-in role. */
    async member(role: BuiltInRole): Promise<string> {
      const [personId, roleId] = [newId(), newId()]
      await house.db.tenant({ tenantId, personId }, async (tx) => {
        await tx.run(sql`
          insert into roles (id, tenant_id, key, name, permissions)
          values (${roleId}, ${tenantId}, ${`${role}_${roleId.slice(-6)}`}, ${role}, ${[...BUILT_IN_PERMISSIONS[role]]})`)
        await tx.run(sql`
          insert into people (id, email, name) values (${personId}, ${`${personId}@test.invalid`}, ${`The ${role}`})`)
        await tx.run(sql`
          insert into memberships (id, tenant_id, person_id, role_id)
          values (${newId()}, ${tenantId}, ${personId}, ${roleId})`)
      })
      return personId
    },
    /** The JSON of an answer; anything but a success is an error. */
    async call<T>(personId: string, method: string, path: string, body?: unknown): Promise<T> {
      const response = await request(personId, method, path, body)
      const text = await response.text()
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    /** What is pushed to a member from now on, each with the instant of its arrival. */
    async listen(personId: string): Promise<{ event: HouseEvent; atMs: number }[]> {
      const heard: { event: HouseEvent; atMs: number }[] = []
      const response = await request(personId, 'GET', '/events/stream')
      const reader = response.body!.getReader()
      streams.push(reader)
      const decoder = new TextDecoder()
      const read = async () => {
        let text = ''
        for (;;) {
          const { done, value } = await reader.read()
          if (done) return
          const blocks = (text + decoder.decode(value, { stream: true })).split('\n\n')
          text = blocks.pop()!
          for (const block of blocks) {
            const data = /^data: (.*)$/m.exec(block)?.[1]
            if (data !== undefined && !/^event: /m.test(block))
              heard.push({ event: JSON.parse(data), atMs: Date.now() })
          }
        }
      }
      void read().catch(quiet)
      return heard
    },
    async close(): Promise<void> {
      await Promise.all(streams.map((reader) => reader.cancel().catch(quiet)))
      await feed.close()
    },
  }
}
