import { foldText } from '../../conditions/text.ts'
import { type Choice, FOOTER_CHARS_MAX, HEADER_CHARS_MAX } from './choices.ts'
import type { NodeFinding } from './contract.ts'
import { found, lengthFinding } from './findings.ts'

const RESERVED_PORTS = new Set(['invalid', 'timeout', 'busy', 'failed'])

/** What WhatsApp, or a person who types, would stumble over in a set of choices. */
export function choiceFindings(
  choices: readonly Choice[],
  bounds: { path: string; charsMax: number; countMax: number },
): NodeFinding[] {
  const { path, charsMax, countMax } = bounds
  const findings: NodeFinding[] = []
  if (choices.length === 0) {
    findings.push({ severity: 'error', code: 'option_required', path, message: 'At least one option is needed.' })
  }
  if (choices.length > countMax) {
    const message = `WhatsApp shows ${countMax} of them; the rest would be lost.`
    findings.push({ severity: 'error', code: 'too_many_options', path, message, params: { countMax } })
  }
  const ids = new Set<string>(RESERVED_PORTS)
  const titles = new Set<string>()
  for (const [index, { id, title }] of choices.entries()) {
    const at = `${path}/${index}`
    findings.push(...found(lengthFinding({ path: `${at}/title`, text: title, charsMax })))
    if (ids.has(id)) {
      findings.push({
        severity: 'error',
        code: 'duplicate_port',
        path: at,
        port: id,
        message: `Two ways out named ${id}.`,
      })
    }
    const folded = foldText(title)
    if (folded !== '' && titles.has(folded)) {
      const message = `Two options read ${title}.`
      findings.push({ severity: 'error', code: 'duplicate_title', path: `${at}/title`, port: id, message })
    }
    ids.add(id)
    titles.add(folded)
  }
  return findings
}

/** Header and footer are optional, and short. */
export const trimmingFindings = (config: { header?: string | undefined; footer?: string | undefined }): NodeFinding[] =>
  found(
    lengthFinding({ path: '/header', text: config.header ?? '', charsMax: HEADER_CHARS_MAX, optional: true }),
    lengthFinding({ path: '/footer', text: config.footer ?? '', charsMax: FOOTER_CHARS_MAX, optional: true }),
  )
