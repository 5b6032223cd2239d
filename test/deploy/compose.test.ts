import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readEnv, requireSettings, SETTINGS } from '#infra/env.ts'
import { bucketSettings } from '#infra/media/bucket.ts'
import { isServerTooOld } from '../../temporal/server/dev-server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

type Service = {
  image?: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  entrypoint?: string[]
  profiles?: string[]
  environment?: Record<string, string>
  ports?: string[]
  volumes?: string[]
  networks?: string[] | Record<string, unknown>
  restart?: string
  healthcheck?: { test: string[] }
  stop_grace_period?: string
  depends_on?: Record<string, { condition: string }>
  deploy?: { replicas: string }
  user?: string
  cpu_shares?: number
}
type Compose = { services: Record<string, Service>; networks: object; volumes: object }

const text = read('docker-compose.yml')
const compose = parse(text, { merge: true }) as Compose
const services = Object.entries(compose.services)
const networksOf = ({ networks = [] }: Service): string[] =>
  Array.isArray(networks) ? networks : Object.keys(networks)
const ONCE = ['migrate', 'temporal-schema']
const OURS = ['api', 'dispatcher', 'worker', 'migrate']

/** `.env` as make-env prints it, with what a person fills in. */
function filledIn(...options: string[]): Record<string, string> {
  const printed = execFileSync(process.execPath, ['deploy/make-env.mjs', 'chat.example.com', ...options], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const lines = printed.split('\n').filter((line) => /^[A-Z0-9_]+=/.test(line))
  const entries = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return { ...Object.fromEntries(entries), SMTP_URL: 'smtps://mail.example.com:465' }
}

/** As compose puts values in: `:?` must be there, `:-` may be missing. */
function interpolate(value: string, env: Record<string, string>): string {
  return value.replace(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
    if (env[name]) return env[name]
    assert.notEqual(kind, '?', `${name} is required, and make-env does not print it`)
    return rest ?? ''
  })
}

test('every part of the product is there', () => {
  const names = services.map(([name]) => name)
  for (const name of [
    'proxy',
    'api',
    'dispatcher',
    'worker',
    'migrate',
    'postgres',
    'temporal',
    'temporal-ui',
    'objects',
  ]) {
    assert.ok(names.includes(name), name)
  }
})

test('who nobody waits for has less weight than who is waited for', () => {
  const stepBack = services.filter(([, { cpu_shares: weight = 1_024 }]) => weight < 1_024).map(([name]) => name)
  assert.deepEqual(stepBack, ['dispatcher', 'worker', 'temporal'])
})

test('every image is pinned to a version', () => {
  for (const [name, { image = '' }] of services) {
    if (OURS.includes(name)) continue
    assert.match(image, /^[\w./-]+:v?\d+\.\d+(\.\d+)?(-[\w.]+)?(@sha256:[0-9a-f]{64})?$/, `${name}: ${image}`)
  }
  for (const [, base] of read('deploy/Dockerfile').matchAll(/^FROM (\S+)/gm)) assert.match(base!, /^node:24\.\d+\.\d+-/)
})

test('PostgreSQL and Temporal are above the floor of known holes', () => {
  const version = (name: string) => compose.services[name]!.image!.split(/[:@]/)[1]!
  assert.equal(isServerTooOld(version('temporal')), false)
  assert.equal(version('temporal'), compose.services['temporal-schema']!.image!.split(/[:@]/)[1])
  const [major = 0, minor = 0] = version('postgres').split(/[.-]/).map(Number)
  assert.ok(major > 17 || (major === 17 && minor >= 6))
})

test('what runs for ever is watched and started again; what runs once is waited for', () => {
  for (const [name, service] of services) {
    if (ONCE.includes(name)) {
      assert.match(service.restart ?? '', /^on-failure:\d$/, name)
      const waiting = services.filter(
        ([, other]) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
      )
      assert.ok(waiting.length > 0, `nobody waits for ${name}`)
    } else {
      assert.equal(service.restart, 'unless-stopped', name)
      assert.ok(service.healthcheck?.test.length, name)
    }
  }
})

test('no secret has a default', () => {
  for (const [name, { environment = {} }] of services) {
    for (const [variable, value] of Object.entries(environment)) {
      const secret = /PASSWORD|SECRET|_KEY|TOKEN|_PWD$|DATABASE.*URL$/.test(variable)
      if (!secret) continue
      assert.match(String(value), /\$\{\w+:\?[^}]+\}|^\$\{\w+:-\}$/, `${name}.${variable}`)
    }
  }
  assert.doesNotMatch(text, /:-[^}]*(password|secret|changeme|temporal)\b[^}]*\}/i)
})

test('only the proxy is reached from outside; the rest is bound to the machine or to nothing', () => {
  for (const [name, { ports = [] }] of services) {
    if (name === 'proxy') continue
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, `${name} publishes ${port}`)
  }
  assert.deepEqual(compose.services['proxy']!.ports!.map((port) => port.split(':')[0]).sort(), ['443', '443', '80'])
})

test('whoever calls somebody outside can leave, and nobody else can', () => {
  const leaves = services.filter(([, service]) => networksOf(service).includes('outward'))
  // Of these the API and the worker call providers, and the dispatcher sends mails and pushes.
  assert.deepEqual(leaves.map(([name]) => name).sort(), ['api', 'dispatcher', 'worker'])
})

test('the proxy speaks TLS 1.3 and nothing older, on one origin, and replaces what clients claim', () => {
  const proxy = read('deploy/proxy/Caddyfile')
  assert.match(proxy, /protocols tls1\.3 tls1\.3/)
  assert.equal([...proxy.matchAll(/^\{\$HOLDFAST_DOMAIN\} \{/gm)].length, 1)
  assert.match(proxy, /header_up X-Forwarded-For \{remote_host\}/)
  const { networks } = compose.services['proxy']!
  const address = (networks as Record<string, { ipv4_address?: string }>)['inside']!.ipv4_address
  assert.equal(compose.services['api']!.environment!['HOLDFAST_TRUSTED_PROXIES'], address)
})

test('[SEC-12] a replica that leaves closes no connection that the proxy still uses, and has the time to drain', () => {
  const proxy = read('deploy/proxy/Caddyfile')
  const keepSeconds = Number(/^\s*keepalive (\d+)s$/m.exec(proxy)?.[1])
  const { environment, stop_grace_period: grace } = compose.services['api']!
  const drainSeconds = Number(environment!['HOLDFAST_DRAIN_SECONDS'])
  assert.ok(keepSeconds < drainSeconds, `${keepSeconds} s kept, ${drainSeconds} s drained`)
  assert.ok(Number.parseInt(grace!, 10) >= drainSeconds + 25)
  assert.match(compose.services['api']!.healthcheck!.test.join(' '), /\/api\/v1\/health\/ready$/)
  for (const name of ['worker', 'dispatcher']) {
    const file = compose.services[name]!.environment!['HOLDFAST_READY_FILE']!
    assert.ok(compose.services[name]!.healthcheck!.test.join(' ').endsWith(`test -f ${file}`), name)
  }
})

test('[SEC-12] the proxy asks another replica where the first took no connection, and repeats only what may be', () => {
  const proxy = read('deploy/proxy/Caddyfile')
  assert.match(proxy, /lb_policy round_robin/) // The least busy one is the one that is gone.
  assert.match(proxy, /lb_try_duration \ds/)
  const repeated = [...proxy.matchAll(/lb_retry_match \{\s+([^}]+?)\s+\}/g)].map(([, what]) => what)
  assert.deepEqual(repeated, ['method GET HEAD', 'path /webhooks/*', 'header Idempotency-Key *'])
  // Before 2.11.9 a body was gone after the first try.
  assert.match(proxy, /request_buffers \dMB/)
  const [, minor = 0, patch = 0] = compose.services['proxy']!.image!.split(/[:@-]/)[1]!.split('.').map(Number)
  assert.ok(minor > 11 || (minor === 11 && patch >= 9))
})

/** What a service is told, with `.env` put in. */
const environmentOf = (name: string, env: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(compose.services[name]!.environment!).map(([key, value]) => [key, interpolate(String(value), env)]),
  )

test('each process of ours can read its settings from what make-env prints', () => {
  const env = filledIn()
  for (const name of OURS) {
    const values = environmentOf(name, env)
    const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.name))
    for (const key of Object.keys(values)) assert.ok(known.has(key), `${name}: ${key} is no setting`)
    const settings = readEnv(values)
    if (name === 'migrate') requireSettings(settings, 'databaseUrl', 'databaseMigrateUrl', 'temporalAddress')
    else {
      requireSettings(
        settings,
        'databaseAppUrl',
        'databaseRelayUrl',
        'temporalAddress',
        'rootKey',
        'authSecret',
        'smtpUrl',
        'vapidPrivateKey',
      )
      assert.equal(settings.databaseUrl, undefined, `${name} must not know the owner`)
      assert.equal(settings.demo, false)
    }
  }
})

test('[CH-22] files lie on the volume, or in the object store that compose brings up, with its bucket and its key', () => {
  const [plain, withObjects] = [filledIn(), filledIn('--objects')]
  const objects = compose.services['objects']!
  assert.deepEqual(objects.profiles, [withObjects['COMPOSE_PROFILES']])
  assert.equal(plain['COMPOSE_PROFILES'], undefined)
  const gateway = environmentOf('objects', withObjects)
  for (const name of ['api', 'dispatcher', 'worker']) {
    assert.equal(bucketSettings(readEnv(environmentOf(name, plain))), undefined, name)
    assert.deepEqual(bucketSettings(readEnv(environmentOf(name, withObjects))), {
      name: gateway['BUCKET'],
      endpoint: 'http://objects:7070',
      region: 'us-east-1',
      credentials: { accessKeyId: gateway['ROOT_ACCESS_KEY'], secretAccessKey: gateway['ROOT_SECRET_KEY'] },
    })
    assert.ok(
      networksOf(compose.services[name]!).some((one) => networksOf(objects).includes(one)),
      name,
    )
  }
  // The gateway's own port, where its health is asked for; buckets are folders of its volume.
  assert.match(objects.healthcheck!.test.join(' '), /127\.0\.0\.1:7070\/health/)
  assert.match(objects.entrypoint!.join(' '), /mkdir -p "\/objects\/\$\$BUCKET" && exec versitygw posix \/objects$/)
  for (const kept of ['ROOT_ACCESS_KEY', 'ROOT_SECRET_KEY']) assert.ok(gateway[kept]!.length >= 20)
})

test('make-env prints no two equal secrets, and never the same ones twice', () => {
  const secrets = [filledIn(), filledIn('--objects'), filledIn('--objects')].flatMap((env) => {
    return Object.entries(env)
      .filter(([name]) => /PASSWORD|SECRET_KEY|AUTH_SECRET|ROOT_KEY|PRIVATE_KEY/.test(name))
      .map(([, value]) => value)
  })
  assert.equal(new Set(secrets).size, secrets.length)
  for (const secret of secrets) assert.ok(secret.length >= 32)
})

test('what is mounted, built and run is in the tree; named volumes and networks are declared', () => {
  for (const [name, service] of services) {
    const { volumes = [], build, command = [] } = service
    for (const volume of volumes) {
      const [from = ''] = volume.split(':')
      if (from.startsWith('.')) assert.ok(existsSync(join(ROOT, from)), `${name}: ${from}`)
      else assert.ok(from in compose.volumes, `${name}: ${from}`)
    }
    for (const network of networksOf(service)) {
      assert.ok(network in compose.networks, `${name}: ${network}`)
    }
    if (build !== undefined) assert.ok(existsSync(join(ROOT, build.dockerfile)))
    const entry = command.find((word) => word.endsWith('.ts'))
    if (entry !== undefined) assert.ok(existsSync(join(ROOT, entry)), `${name}: ${entry}`)
  }
})

test('what must survive lies on named volumes, durable; what scales is bound to no name, port or place of its own', () => {
  const kept: Record<string, string> = { postgres: 'postgres', api: 'data', worker: 'data', objects: 'objects' }
  for (const [name, volume] of Object.entries(kept)) {
    const from = (compose.services[name]!.volumes ?? []).map((one) => one.split(':')[0])
    assert.ok(from.includes(volume), `${name} keeps nothing on ${volume}`)
  }
  const postgres = compose.services['postgres']!
  assert.doesNotMatch(JSON.stringify(postgres.command), /fsync=off|synchronous_commit=off|full_page_writes=off/)
  assert.match(String(postgres.environment!['POSTGRES_INITDB_ARGS']), /--data-checksums/)
  for (const name of ['api', 'dispatcher', 'worker']) {
    const service = compose.services[name]! as unknown as Record<string, unknown>
    assert.equal(service['container_name'], undefined, name)
    assert.equal(service['ports'], undefined, name)
    assert.match(JSON.stringify(service['deploy']), /"replicas":"\$\{[A-Z]+_REPLICAS:-1\}"/, name)
    assert.equal(service['read_only'], true, name)
    assert.deepEqual(service['cap_drop'], ['ALL'], name)
  }
  assert.match(read('deploy/temporal/production.yaml'), /matching\.enableFairness/)
  // Never to be changed once there are data, and four by default.
  assert.ok(Number(compose.services['temporal']!.environment!['NUM_HISTORY_SHARDS']) >= 512)
})

test('the image holds every room that its processes import, and runs as nobody special', () => {
  const dockerfile = read('deploy/Dockerfile')
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const copied = [...last.matchAll(/^COPY (\S+) \.\//gm)].map(([, from]) => from!)
  const imports = (JSON.parse(read('package.json')) as { imports: Record<string, string> }).imports
  for (const room of Object.keys(imports).map((key) => key.slice(1).replace('/*', ''))) {
    if (globSync(`${room}/**/*.ts`, { cwd: ROOT }).length > 0) assert.ok(copied.includes(room), room)
  }
  for (const handedOut of ['clients', 'docs/*.md']) assert.ok(copied.includes(handedOut), handedOut)
  assert.match(last, /^USER node$/m)
  for (const forbidden of ['.env', '.holdfast', '.git'])
    assert.ok(read('.dockerignore').split('\n').includes(forbidden))
})
