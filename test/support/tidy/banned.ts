import ts from 'typescript'
import { type Finding, isTest, lineOf, nodesOf, type Source, topLevelOf } from './source.ts'

type Ban = { message: string; where: (path: string) => boolean; hits: (node: ts.Node) => boolean }

const everywhere = () => true
const inServer = (path: string) => !/^(web|scripts|test)\//.test(path)
const text = (node: ts.Node) => node.getText()
const isCallOf = (node: ts.Node, name: string) => ts.isCallExpression(node) && text(node.expression) === name
const inTests = (path: string) => isTest(path) || path.startsWith('test/')
/** The only files that read the environment; the entry of the start and the warden run before and beyond ours. */
const READS_ENVIRONMENT = ['infra/env.ts', 'web/vite.config.ts', 'web/src/env.ts']

const BANS: readonly Ban[] = [
  { message: 'enum cannot be stripped: use `as const` and a union', where: everywhere, hits: ts.isEnumDeclaration },
  {
    message: 'a parameter property cannot be stripped: declare the field and assign it',
    where: everywhere,
    hits: (node) => ts.isParameter(node) && ts.isParameterPropertyDeclaration(node, node.parent),
  },
  {
    message: '`as any` hides a fault: narrow it, or make one named cast that says what guarantees it',
    where: everywhere,
    hits: (node) => ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.AnyKeyword,
  },
  {
    message: '`export *` hides what a module offers: name it',
    where: everywhere,
    hits: (node) => ts.isExportDeclaration(node) && node.exportClause === undefined,
  },
  {
    message: 'process.env belongs to infra/env.ts: add a setting there',
    where: (path) => !READS_ENVIRONMENT.includes(path) && !isTest(path),
    hits: (node) => ts.isPropertyAccessExpression(node) && text(node) === 'process.env',
  },
  {
    message: 'domain has no clock: pass nowMs',
    where: (path) => path.startsWith('domain/') && !isTest(path),
    hits: (node) =>
      isCallOf(node, 'Date.now') ||
      isCallOf(node, 'performance.now') ||
      (ts.isNewExpression(node) && text(node.expression) === 'Date' && (node.arguments?.length ?? 0) === 0),
  },
  {
    message: 'domain has no chance: pass the random number, or an id, as an argument',
    where: (path) => path.startsWith('domain/') && !isTest(path),
    hits: (node) => isCallOf(node, 'Math.random') || isCallOf(node, 'crypto.randomUUID'),
  },
  {
    message: 'console is for scripts: use the logger that the process was given',
    where: (path) => !/^(scripts|test)\//.test(path) && !isTest(path),
    hits: (node) => ts.isPropertyAccessExpression(node) && text(node.expression) === 'console',
  },
  {
    message: 'a test does not sleep: await the condition (until, in test/support)',
    where: isTest,
    hits: isSleep,
  },
  {
    message: '.only leaves the other tests out',
    where: inTests,
    hits: (node) => ts.isPropertyAccessExpression(node) && /^(test|it|describe|suite)\.only$/.test(text(node)),
  },
  {
    message: 'svelte/store is the old way: use runes',
    where: everywhere,
    hits: (node) => ts.isImportDeclaration(node) && text(node.moduleSpecifier).includes('svelte/store'),
  },
  {
    message: 'server code has no default exports: name it',
    where: inServer,
    hits: (node) => ts.isExportAssignment(node) || hasDefaultModifier(node),
  },
  {
    message: 'code from text is never run: no eval, no Function, no vm',
    where: (path) => path !== 'test/support/tidy/banned.ts',
    hits: (node) =>
      isCallOf(node, 'eval') ||
      ((ts.isNewExpression(node) || ts.isCallExpression(node)) && text(node.expression) === 'Function') ||
      (ts.isImportDeclaration(node) && /^'(node:)?vm'$/.test(text(node.moduleSpecifier))),
  },
]

export function banned(source: Source): Finding[] {
  if (source.tree === undefined) return bannedInComponent(source)
  const bans = BANS.filter((ban) => ban.where(source.path))
  const found: Finding[] = []
  for (const node of nodesOf(source.tree)) {
    for (const ban of bans) {
      if (ban.hits(node)) found.push({ path: source.path, line: lineOf(source, node.getStart()), message: ban.message })
    }
  }
  return found
}

/** A promise that a timer settles and nothing else, or the ready-made one of node:timers/promises. */
function isSleep(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node)) return text(node.moduleSpecifier).includes('timers/promises')
  if (!ts.isNewExpression(node) || text(node.expression) !== 'Promise') return false
  return /^\(?\s*(\w+)\s*\)?\s*=>\s*\{?\s*(void\s+)?setTimeout\(\s*\1\s*,/.test(text(node.arguments?.[0] ?? node))
}

function hasDefaultModifier(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.DefaultKeyword)
  )
}

const COMPONENT_BANS = [
  { pattern: /\bas any\b/, message: '`as any` hides a fault' },
  { pattern: /from 'svelte\/store'/, message: 'svelte/store is the old way: use runes' },
  { pattern: /\bconsole\./, message: 'console is for scripts' },
  { pattern: /\{@html\b/, message: '{@html} shows markup that people wrote: show text' },
]

function bannedInComponent(source: Source): Finding[] {
  return source.text.split('\n').flatMap((line, index) =>
    COMPONENT_BANS.filter(({ pattern }) => pattern.test(line)).map(({ message }) => {
      return { path: source.path, line: index + 1, message }
    }),
  )
}

/** A name on the wire that differs from the name in the code is found by nobody. */
export function wireNames(source: Source): Finding[] {
  if (source.tree === undefined || topLevelOf(source.path) !== 'workflows') return []
  const found: Finding[] = []
  for (const node of nodesOf(source.tree)) {
    if (!ts.isVariableDeclaration(node) || node.initializer === undefined || !ts.isCallExpression(node.initializer))
      continue
    if (!/(^|\.)define(Signal|Query|Update)$/.test(text(node.initializer.expression))) continue
    const [wire] = node.initializer.arguments
    if (wire === undefined || !ts.isStringLiteral(wire) || wire.text === text(node.name)) continue
    const message = `${text(node.name)} is called ${wire.text} on the wire: one name for both`
    found.push({ path: source.path, line: lineOf(source, node.getStart()), message })
  }
  return found
}
