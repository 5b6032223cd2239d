// The entry of `npm start`, in JavaScript that old versions of Node understand too: the house itself runs under Node 24,
// which comes with `npm ci` as a package. Where this runs under an older one, it goes on under that.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NEEDED = 24
const major = Number(process.versions.node.split('.')[0])
const root = fileURLToPath(new URL('..', import.meta.url))

if (major >= NEEDED) {
  if (!existsSync(`${root}node_modules/@temporalio/client`))
    leave('The packages are not installed.', 'Run npm ci first.')
  const { main } = await import('./start/main.ts')
  process.exit(await main(process.argv.slice(2)))
}

const binary = `${root}node_modules/node/bin/node${process.platform === 'win32' ? '.exe' : ''}`
if (!existsSync(binary)) {
  leave(
    `Node ${NEEDED} is needed; this is ${process.version}, and node_modules has no other.`,
    'Run npm ci: it brings Node 24 as a package. Or install Node 24.',
  )
}
const child = spawn(binary, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
  // The channel tells the other one when this process is gone, however it went.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
})
// The terminal's Ctrl-C reaches both; the other one takes two that come together for one.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal === null ? (code ?? 1) : 1))

function leave(what, wayOut) {
  process.stderr.write(`\n  ${what}\n  → ${wayOut}\n\n`)
  process.exit(1)
}
