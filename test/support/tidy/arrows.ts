import { dirname, posix } from 'node:path'
import ts from 'typescript'
import { type Finding, isTest, lineOf, nodesOf, type Source, topLevelOf } from './source.ts'

/** What one file takes from another, or from a package. */
type Import = { specifier: string; typeOnly: boolean; position: number }

type Law = {
  /** Folders of ours, or single files, from which values may be taken. */
  from: readonly RegExp[]
  /** … from which types alone may be taken. */
  typesFrom?: readonly RegExp[]
  /** Packages. Not given: any but the refused ones. */
  packages?: readonly RegExp[]
  refusedPackages?: readonly RegExp[]
}

const MESSAGES = /^workflows\/[\w-]+\/messages\.ts$/
const ANY = [/./]

/** Left may take from right. Own folders are always allowed. */
const LAWS: Readonly<Record<string, Law>> = {
  domain: {
    from: [],
    packages: [/^json-logic-js$/, /^temporal-polyfill$/, /^libphonenumber-js/, /^intl-messageformat$/],
  },
  workflows: {
    from: [/^domain\//, /^temporal\/(task-queues|search-attributes|priorities|workflow-scope|failure-converter)\.ts$/],
    typesFrom: [/^activities\//],
    packages: [/^@temporalio\/(workflow|common)/],
  },
  activities: { from: [/^domain\//, /^infra\//, /^temporal\//, MESSAGES] },
  infra: { from: [/^domain\//], refusedPackages: [/^@temporalio\//] },
  api: { from: [/^domain\//, /^infra\//, /^temporal\//, MESSAGES], typesFrom: [/^workflows\//] },
  web: { from: [/^domain\//], typesFrom: [/^api\//], refusedPackages: [/^@temporalio\//, /^@mikro-orm\//, /^pg$/] },
  worker: { from: [/^domain\//, /^activities\//, /^infra\//, /^temporal\//, MESSAGES] },
  temporal: { from: [/^infra\//, /^domain\//] },
  scripts: { from: [/^(?!web\/)/] },
  test: { from: ANY },
  simulators: { from: [] },
  clients: { from: [], packages: [] },
}

export function arrows(source: Source): Finding[] {
  const top = topLevelOf(source.path)
  const law = LAWS[top]
  if (law === undefined || source.tree === undefined) return []
  return importsOf(source.tree).flatMap((taken) => {
    const complaint = complaintAbout(taken, { source, top, law })
    return complaint === undefined
      ? []
      : [{ path: source.path, line: lineOf(source, taken.position), message: complaint }]
  })
}

function complaintAbout(
  taken: Import,
  { source, top, law }: { source: Source; top: string; law: Law },
): string | undefined {
  const target = targetOf(source.path, taken.specifier)
  if (target === undefined) return packageComplaint(taken, { source, top, law })
  if (source.path === 'temporal/task-queues.ts') return 'task-queues.ts imports nothing: it enters the workflow bundle'
  if (topLevelOf(target) === top) return undefined
  // A test beside its module may use what all tests share; simulators stay strangers even then.
  if (isTest(source.path) && top !== 'simulators') return undefined
  if (law.from.some((allowed) => allowed.test(target))) return undefined
  const types = law.typesFrom?.some((allowed) => allowed.test(target)) ?? false
  if (types && taken.typeOnly) return undefined
  if (types) return `${top} takes only types from ${target}: write \`import type\``
  return `${top} must not import ${target}; the arrows are in test/support/tidy/arrows.ts`
}

function packageComplaint(taken: Import, { source, top, law }: { source: Source; top: string; law: Law }) {
  const { specifier } = taken
  if (isTest(source.path)) return undefined
  if (law.refusedPackages?.some((refused) => refused.test(specifier))) return `${top} must not import ${specifier}`
  if (law.packages === undefined || taken.typeOnly) return undefined
  // Workflows must not pull zod into the bundle; in domain it lives where contracts are.
  if (top === 'domain' && specifier === 'zod') return undefined
  return law.packages.some((allowed) => allowed.test(specifier)) ? undefined : `${top} must not import ${specifier}`
}

/** The file of ours that a specifier names; undefined for a package. */
function targetOf(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('#lib/')) return `web/src/lib/${specifier.slice(5)}`
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined
}

function importsOf(tree: ts.SourceFile): Import[] {
  const found: Import[] = []
  for (const node of nodesOf(tree)) {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      const specifier = (node.moduleSpecifier as ts.StringLiteral).text
      found.push({ specifier, typeOnly: isTypeOnly(node), position: node.getStart() })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        found.push({ specifier: argument.text, typeOnly: false, position: node.getStart() })
      }
    }
  }
  return found
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.isTypeOnly) return true
  const named = clause.namedBindings
  return clause.name === undefined && named !== undefined && ts.isNamedImports(named) && named.elements.length > 0
    ? named.elements.every((element) => element.isTypeOnly)
    : false
}
