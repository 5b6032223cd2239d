import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { FAILURE_CONVERTER_PATH } from '#temporal/data-converter.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Inside the tree, so that the bundler finds the SDK from it. */
export const BUNDLE_CACHE = join(ROOT, 'node_modules', '.cache', 'holdfast', 'workflow-bundles')

/** The bundle of the house's own workflows. */
export const WORKFLOWS_PATH = join(ROOT, 'workflows', 'index.ts')

const bundles = new Map<string, Promise<{ codePath: string }>>()

/**
 * Bundles workflow code once per content: the same process shares one promise, later processes find the file.
 * Whatever may enter a bundle is hashed: the folder of the entry, our rules, the converter and the lock file.
 */
export function workflowBundle(workflowsPath: string = WORKFLOWS_PATH): Promise<{ codePath: string }> {
  const known = bundles.get(workflowsPath)
  if (known !== undefined) return known
  const bundling = readOrBundle(workflowsPath)
  bundles.set(workflowsPath, bundling)
  return bundling
}

async function readOrBundle(workflowsPath: string): Promise<{ codePath: string }> {
  const codePath = join(BUNDLE_CACHE, `${sourceHash(workflowsPath)}.js`)
  if (existsSync(codePath)) return { codePath }

  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  })
  mkdirSync(BUNDLE_CACHE, { recursive: true })
  // Renamed into place, because test processes run side by side and none may read half a bundle.
  const draft = `${codePath}.${process.pid}`
  writeFileSync(draft, code)
  renameSync(draft, codePath)
  return { codePath }
}

function sourceHash(workflowsPath: string): string {
  const hash = createHash('sha256').update(workflowsPath)
  const folders = [dirname(workflowsPath), join(ROOT, 'domain'), join(ROOT, 'workflows')]
  const files = folders.flatMap((folder) => globSync('**/*.ts', { cwd: folder }).map((file) => join(folder, file)))
  const converter = globSync('*.ts', { cwd: join(ROOT, 'temporal') }).map((file) => join(ROOT, 'temporal', file))
  for (const file of [...new Set([...files, ...converter, join(ROOT, 'package-lock.json')])].sort()) {
    hash.update(`\0${file}\0`).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 32)
}
