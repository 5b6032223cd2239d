import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker'
import { FAILURE_CONVERTER_PATH } from '#temporal/data-converter.ts'

const ROOT = join(import.meta.dirname, '..')
/** Inside the tree, so that the bundler finds the SDK from it. */
export const BUNDLE_CACHE = join(ROOT, 'node_modules', '.cache', 'holdfast', 'workflow-bundles')

/** The bundle of the house's own workflows. */
export const WORKFLOWS_PATH = join(ROOT, 'workflows', 'index.ts')

const bundles = new Map<string, Promise<WorkflowBundleOption>>()

/**
 * Bundles workflow code once per content: the same process shares one promise, later processes find the file, so that a
 * worker that was killed is back seconds sooner. Whatever may enter a bundle is hashed: the folder of the entry, our
 * rules, the converter and the lock file. Where nothing can be written, each process bundles for itself.
 */
export function workflowBundle(workflowsPath: string = WORKFLOWS_PATH): Promise<WorkflowBundleOption> {
  const known = bundles.get(workflowsPath)
  if (known !== undefined) return known
  const bundling = readOrBundle(workflowsPath)
  bundles.set(workflowsPath, bundling)
  return bundling
}

async function readOrBundle(workflowsPath: string): Promise<WorkflowBundleOption> {
  const codePath = join(BUNDLE_CACHE, `${sourceHash(workflowsPath)}.js`)
  if (existsSync(codePath)) return { codePath }

  const { code } = await bundleWorkflowCode({
    workflowsPath,
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: new DefaultLogger('WARN'),
  })
  return keep(codePath, code) ? { codePath } : { code }
}

/** Renamed into place, because processes start side by side and none may read half a bundle. */
function keep(codePath: string, code: string): boolean {
  const draft = `${codePath}.${process.pid}`
  try {
    mkdirSync(BUNDLE_CACHE, { recursive: true })
    writeFileSync(draft, code)
    renameSync(draft, codePath)
    return true
  } catch {
    return false
  }
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
