import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPart } from '../../scripts/start/part.ts'
import { anyFreePort } from '../../scripts/start/ports.ts'
import { ensureNamespace, temporalPart } from '../../scripts/start/temporal.ts'
import { findTemporal } from '../../scripts/start/temporal-binary.ts'
import { createWarden } from '../../scripts/start/warden.ts'

export type StoredServer = {
  address: string
  stop(): Promise<void>
  /** Which of the words stand, in clear, in any file that the server keeps. For after `stop`. */
  storedWords(words: readonly string[]): string[]
  discard(): Promise<void>
}

/** A server whose files one can read when it has stopped: what is in them is what an attacker would find. */
export async function startStoredServer(namespace: string): Promise<StoredServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-stored-temporal-'))
  const warden = createWarden()
  warden.discard(folder)
  const { path: binary } = await findTemporal(() => undefined)
  const port = await anyFreePort()
  const dbFile = join(folder, 'temporal.db')
  const logFile = join(folder, 'temporal.log')
  const running = await startPart(temporalPart({ binary, port, namespace, dbFile, logFile }), warden)
  const address = `127.0.0.1:${port}`
  await ensureNamespace(address, namespace)
  return {
    address,
    stop: () => running.stop(),
    storedWords(words) {
      const files = globSync('**/*', { cwd: folder, withFileTypes: true }).filter((entry) => entry.isFile())
      const contents = files.map((entry) => readFileSync(join(entry.parentPath, entry.name)))
      return words.filter((word) => contents.some((content) => content.includes(word)))
    },
    async discard() {
      await warden.dismiss()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
