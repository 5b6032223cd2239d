import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import tls from 'node:tls'
import { childEnv } from '#infra/env.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import { until } from '../load/until.ts'
import type { Front, Place } from './replicas.ts'

const CADDYFILE = resolve(import.meta.dirname, '../../deploy/proxy/Caddyfile')

/**
 * The proxy of `deploy/proxy` itself, with its shipped configuration: only the domain, the certificate authority and the
 * address of the name service are of this machine. Replicas are addresses of the loopback behind one name, as in compose.
 */
export async function startCaddy(binary: string): Promise<Front & { close: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-caddy-'))
  const [port, apiPort] = [await anyFreePort(), await anyFreePort()]
  const names = await answerNames()
  const config = join(folder, 'Caddyfile')
  writeFileSync(config, adapted({ port, apiPort, namesPort: names.port }))
  const child = spawn(binary, ['run', '--config', config, '--adapter', 'caddyfile'], {
    env: childEnv({ XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOLDFAST_DOMAIN: `https://localhost:${port}` }),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (part: Buffer) => {
    said = (said + part.toString()).slice(-20_000)
  })
  const root = join(folder, 'caddy/pki/authorities/local/root.crt')
  const up = await until(async () => existsSync(root), { withinMs: 30_000 })
  if (up !== true) throw new Error(`Caddy did not come up.\n${said}`)
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(root, 'utf8')])
  let given = 1
  return {
    url: `https://localhost:${port}`,
    env: { NODE_EXTRA_CA_CERTS: root },
    async place() {
      given += 1
      return { host: `127.0.0.${given}`, port: apiPort }
    },
    add: names.add,
    remove: names.remove,
    async close() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      names.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** @throws Error when the shipped file no longer has what is replaced here. */
function adapted({ port, apiPort, namesPort }: { port: number; apiPort: number; namesPort: number }): string {
  let text = readFileSync(CADDYFILE, 'utf8')
  const put = (old: string, instead: string) => {
    if (text.split(old).length !== 2) throw new Error(`${CADDYFILE} has not exactly one "${old}"`)
    text = text.replace(old, instead)
  }
  put(
    '\tservers {',
    `\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n\thttps_port ${port}\n\tservers {`,
  )
  put('\ttls {', '\ttls {\n\t\tissuer internal')
  put('port 4700', `port ${apiPort}\n\t\t\tresolvers 127.0.0.1:${namesPort}`)
  return text
}

/** Tells the addresses of the replicas to whoever asks for any name, as the name service of compose does for `api`. */
async function answerNames() {
  const hosts = new Set<string>()
  const socket = createSocket('udp4')
  socket.on('message', (question, from) => {
    const end = question.indexOf(0, 12) + 5
    const isAddress = question.readUInt16BE(end - 4) === 1
    const answers = isAddress ? [...hosts] : []
    const head = Buffer.from(question.subarray(0, end))
    head.writeUInt16BE(0x8180, 2)
    head.writeUInt16BE(answers.length, 6)
    head.fill(0, 8, 12)
    // A pointer to the name that was asked for; type A, class IN, kept for no time, four bytes.
    const lines = answers.map((host) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...host.split('.').map(Number)]),
    )
    socket.send(Buffer.concat([head, ...lines]), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    add: ({ host }: Place) => void hosts.add(host),
    remove: ({ host }: Place) => void hosts.delete(host),
    close: () => socket.close(),
  }
}
