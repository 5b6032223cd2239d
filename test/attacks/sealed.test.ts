import { defaultPayloadConverter, type Payload } from '@temporalio/common'
import { newId } from '#infra/ids.ts'
import { type Edit, holds } from '../support/without.ts'
import { houseOf } from './house.ts'

const open = await houseOf()
const edit = (file: string, is: string, without: string): Edit => ({ file, is, without })
const CANARY = 'kanarienvogel'

/** Names what opened: those of some tries that did not throw. */
async function opened(tries: Record<string, () => unknown>): Promise<string[]> {
  const got: string[] = []
  for (const [name, look] of Object.entries(tries)) {
    const found = await (async () => look())().catch(() => undefined)
    if (JSON.stringify(found)?.includes(CANARY)) got.push(name)
  }
  return got
}

holds('[S67] what was sealed for one workflow opens in no other, of whichever tenant', {
  open: async (code) => ({
    codecs: await code<typeof import('#temporal/codec.ts')>('temporal/codec.ts'),
    rings: await code<typeof import('#infra/crypto/keyring.ts')>('infra/crypto/keyring.ts'),
  }),
  async attack({ codecs, rings }) {
    const keyRing = new rings.KeyRing([rings.generateRootKey('test')])
    const codec = codecs.createPayloadCodec({ keyRing, namespace: 'test' })
    const [mine, theirs] = [newId(), newId()]
    const at = (tenantId: string, run = 'run') =>
      ({ type: 'workflow', namespace: 'test', workflowId: `flow/${tenantId}/${run}` }) as const
    const sealed = await codec.encode([defaultPayloadConverter.toPayload({ name: CANARY })!], at(theirs))
    const clear = [defaultPayloadConverter.toPayload({ name: CANARY })!]
    const cut = sealed.map((payload) => ({ ...payload, data: payload.data!.subarray(0, -1) }))
    const decode = (payloads: Payload[], place: ReturnType<typeof at>) => () =>
      codec.decode(payloads, place).then((plain) => plain.map((one) => defaultPayloadConverter.fromPayload(one)))
    return opened({
      'in a workflow of mine': decode(sealed, at(mine)),
      'in another of theirs': decode(sealed, at(theirs, 'other')),
      'in clear': decode(clear, at(mine)),
      'cut by a byte': decode(cut, at(theirs)),
    })
  },
  without: edit('temporal/codec.ts', 'if (expected !== undefined && !sameScope(scope, expected))', 'if (false)'),
})

holds('[S67] the secret of one row does not open in another', {
  open: async (code) => ({
    secrets: await code<typeof import('#infra/providers/channel-secrets.ts')>('infra/providers/channel-secrets.ts'),
    rings: await code<typeof import('#infra/crypto/keyring.ts')>('infra/crypto/keyring.ts'),
  }),
  attack({ secrets, rings }) {
    const keyRing = new rings.KeyRing([rings.generateRootKey('test')])
    const place = { tenantId: newId(), channelId: newId(), secret: 'access_token' } as const
    const sealed = secrets.sealChannelSecret(keyRing, place, CANARY)
    return opened({
      'in another row': () => secrets.openChannelSecret(keyRing, { ...place, channelId: newId() }, sealed),
      'in another column': () => secrets.openChannelSecret(keyRing, { ...place, secret: 'verify_token' }, sealed),
      'at another tenant': () => secrets.openChannelSecret(keyRing, { ...place, tenantId: newId() }, sealed),
    })
  },
  without: edit(
    'infra/crypto/envelope.ts',
    'Buffer.concat([head, long(binding)])',
    'Buffer.concat([head, long(binding.slice(0, 0))])',
  ),
})

holds('[S63] a line of the audit log that somebody with the keys of the database has changed is found', {
  open: async (code) => ({
    house: await open(code),
    chain: await code<typeof import('#infra/db/stores/audit-chain.ts')>('infra/db/stores/audit-chain.ts'),
  }),
  async attack({ house, chain }) {
    const { tenantId } = await house.owner()
    const verdict = () => chain.verifyAuditChain(house.deps.db, { tenantId, nowMs: Date.now() })
    if ((await verdict()).broken !== undefined) throw new Error('the chain is whole before')
    await house.admin(
      `do $$ begin set local session_replication_role = replica;
        update audit_log set detail = '{"forged":true}' where tenant_id = '${tenantId}'; end $$`,
    )
    return (await verdict()).broken === undefined ? ['a forged line'] : []
  },
  without: edit('infra/db/stores/audit-chain.ts', "when line <> line_hash then 'line_changed'", ''),
})

holds('[S63] whoever serves can neither change the audit log nor take a line out of it', {
  open,
  async attack(house) {
    const { tenantId } = await house.owner()
    const tries = ["update audit_log set action = 'x'", 'delete from audit_log', 'truncate audit_log']
    const got: string[] = []
    for (const text of tries) {
      const isDone = await house.deps.db
        .tenant(tenantId, (tx) => tx.run({ text, values: [], name: text.slice(0, 20) }))
        .then(
          () => true,
          () => false,
        )
      if (isDone) got.push(text)
    }
    return got
  },
  without: async (house) => {
    await house.admin('drop trigger if exists audit_line_chained on audit_log')
    await house.admin('grant update, delete, truncate on audit_log to holdfast_app')
  },
})

const UI = 'http://ui.test:8233'

holds('[S66] payloads are decoded for members who may, of their own tenant, and for nobody else', {
  async open(code) {
    const house = await open(code)
    const { createApp } = await code<typeof import('#api/app.ts')>('api/app.ts')
    const { settings } = house.deps
    const publicConfig = { ...settings.publicConfig, temporalUiUrl: UI }
    return { house, app: createApp({ ...house.deps, settings: { ...settings, publicConfig } }, { api: [], root: [] }) }
  },
  async attack({ house, app }) {
    const [victim, thief] = [await house.owner(), await house.owner()]
    const agent = await house.member(victim, 'agent')
    const { createPayloadCodec } = await import('#temporal/codec.ts')
    const codec = createPayloadCodec({ keyRing: house.deps.keyRing, namespace: 'test' })
    const place = { type: 'workflow', namespace: 'test', workflowId: `flow/${victim.tenantId}/run` } as const
    const [payload] = await codec.encode([defaultPayloadConverter.toPayload({ name: CANARY })!], place)
    const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
    const metadata = Object.entries(payload!.metadata ?? {}).map(([name, value]) => [name, base64(value)])
    const body = JSON.stringify({
      payloads: [{ metadata: Object.fromEntries(metadata), data: base64(payload!.data!) }],
    })
    const ask =
      (cookies: Map<string, string>, origin = UI) =>
      async () => {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const answer = await app.request('/api/temporal-codec/decode', {
          method: 'POST',
          headers: { origin, cookie },
          body,
        })
        const text = await answer.text()
        return answer.status === 200 ? Buffer.from(JSON.parse(text).payloads[0].data, 'base64').toString() : ''
      }
    return opened({
      nobody: ask(new Map()),
      'another tenant': ask(thief.cookies),
      'an agent': ask(agent.cookies),
      'another page': ask(victim.cookies, 'http://evil.test'),
    })
  },
  without: edit('api/temporal-codec.ts', 'asked === tenantId && permissions.has(ACCESS)', 'asked !== permissions'),
})
