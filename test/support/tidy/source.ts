import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import ts from 'typescript'

export const ROOT = resolve(import.meta.dirname, '../../..')

/** One file as the rules see it. `lines` are counted as an editor counts them. */
export type Source = { path: string; text: string; lineCount: number; tree: ts.SourceFile | undefined }
export type Finding = { path: string; line: number; message: string }
export type Rule = (source: Source) => Finding[]

const CODE = ['**/*.ts', '**/*.mjs', '**/*.svelte']
const PROSE = ['**/*.md', '**/*.sql', '**/*.yml', '**/*.yaml', '**/*.json', '**/*.cjs', '**/*.css', '**/Dockerfile']
const NOT_OURS = ['**/node_modules/**', '**/build-web/**', '**/.svelte-kit/**', '**/.holdfast/**', '**/coverage/**']
const DATA = [
  'package-lock.json',
  '**/histories/**',
  'test/fixtures/**',
  '**/openapi.snapshot.json',
  'temporal/server/go.*',
]

export function sourceOf(path: string, text: string): Source {
  const isScript = path.endsWith('.ts') || path.endsWith('.mjs')
  const tree = isScript ? ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS) : undefined
  return { path, text, lineCount: text.replace(/\n$/, '').split('\n').length, tree }
}

function read(patterns: string[]): Source[] {
  const files = globSync(patterns, { cwd: ROOT, exclude: [...NOT_OURS, ...DATA] })
  return files
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => sourceOf(path, readFileSync(resolve(ROOT, path), 'utf8')))
}

export const codeFiles = (): Source[] => read(CODE)
export const proseFiles = (): Source[] => read(PROSE)

/** Where a node stands, for the message. */
export function lineOf(source: Source, position: number): number {
  return source.text.slice(0, position).split('\n').length
}

/** Every node of a file, from the top down. */
export function* nodesOf(tree: ts.Node): Generator<ts.Node> {
  yield tree
  for (const child of tree.getChildren()) yield* nodesOf(child)
}

export const isTest = (path: string): boolean => /\.(test|spec)\.ts$/.test(path)
export const topLevelOf = (path: string): string => path.split('/')[0] ?? ''
