import type { Finding, Source } from './source.ts'

// Written in pieces, so that this file does not trip over itself.
const OPEN_END = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')}|${['X', 'XX'].join('')})\\b`)
const MACHINE_PATH = /(^|[\s"'`(=:])\/(work|root|home\/\w+|Users\/\w+)\//
const PRIVATE_REGISTRY =
  /https?:\/\/[^\s"']*(registry|artifactory|nexus|verdaccio|pypi|goproxy)\.(?!npmjs\.org)[^\s"']*/i

/** What must not stand in any file: open ends, and traces of the machine that it was written on. */
export function words(source: Source): Finding[] {
  return source.text.split('\n').flatMap((line, index) => {
    const at = (message: string): Finding => ({ path: source.path, line: index + 1, message })
    return [
      ...(OPEN_END.test(line) ? [at('no open ends in the tree: do it, or write it into DECISIONS.md')] : []),
      ...(MACHINE_PATH.test(line) ? [at('a path of one machine: make it relative, or ask the environment')] : []),
      ...(PRIVATE_REGISTRY.test(line) ? [at('a registry that others do not have')] : []),
    ]
  })
}
