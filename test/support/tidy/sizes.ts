import { basename } from 'node:path'
import ts from 'typescript'
import { type Finding, isTest, lineOf, nodesOf, type Source } from './source.ts'

const FUNCTION_LINES = 70

/** The first law that fits a path holds. */
const LENGTHS: readonly { path: RegExp; lines: number; what: string }[] = [
  { path: /\.(test|spec)\.ts$/, lines: 600, what: 'a test' },
  { path: /^test\//, lines: 600, what: 'a test' },
  { path: /^workflows\//, lines: 150, what: 'a workflow' },
  { path: /^activities\//, lines: 200, what: 'a file of activities' },
  { path: /^api\/routes\//, lines: 300, what: 'a file of routes' },
  { path: /\.svelte$/, lines: 200, what: 'a component' },
  { path: /./, lines: 400, what: 'a source file' },
]
/** Tables of words or of settings, which grow by rows and not by rules. */
/** … and sample definitions, which are data in the dress of a function. */
const SAMPLES = /^domain\/flows\/samples\//
const TABLES = [/^web\/src\/lib\/i18n\//, /^infra\/env\.ts$/, /^clients\/typescript\/operations\.d\.ts$/]

export function fileLength({ path, lineCount }: Source): Finding[] {
  if (TABLES.some((table) => table.test(path))) return []
  const law = LENGTHS.find((candidate) => candidate.path.test(path))!
  if (lineCount <= law.lines) return []
  return [
    { path, line: lineCount, message: `${lineCount} lines; ${law.what} has at most ${law.lines}: split it by meaning` },
  ]
}

export function functionLength(source: Source): Finding[] {
  if (source.tree === undefined || SAMPLES.test(source.path)) return []
  if (isTest(source.path) || source.path.startsWith('test/')) return []
  const found: Finding[] = []
  for (const node of nodesOf(source.tree)) {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) continue
    // What a factory returns is a list of functions, each of which is measured by itself.
    const inner = innerFunctionLines(node)
    const lines = lineOf(source, node.end) - lineOf(source, node.getStart()) + 1
    if (lines - inner <= FUNCTION_LINES) continue
    const message = `a function of ${lines - inner} lines; at most ${FUNCTION_LINES}: name its parts`
    found.push({ path: source.path, line: lineOf(source, node.getStart()), message })
  }
  return found
}

function innerFunctionLines(node: ts.Node): number {
  let sum = 0
  const visit = (child: ts.Node): void => {
    if (ts.isFunctionLike(child) && 'body' in child && child.body !== undefined) {
      sum += child.getText().split('\n').length
      return
    }
    child.forEachChild(visit)
  }
  node.forEachChild(visit)
  return sum
}

/** SvelteKit chooses the names of its own files. */
const KIT_NAMES = /^\+(page|layout|error|server)(\.server)?(\.svelte|\.ts)$|^hooks\.(server|client)\.ts$/

export function fileName({ path }: Source): Finding[] {
  const name = basename(path)
  if (KIT_NAMES.test(name) || path.startsWith('web/src/routes/')) return []
  if (/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(name)) return []
  return [{ path, line: 1, message: `${name} is not in kebab-case` }]
}
