// What one suite prints: its failures in full with what their files said meanwhile, nothing about what passed; last a
// line for the runner to count with.
import { relative } from 'node:path'

const MARK = '\u0001'
const SAID_LINES = 40

export default async function* report(events) {
  const counts = { passed: 0, failed: 0, skipped: 0 }
  const said = new Map()
  const failed = new Set()
  for await (const { type, data } of events) {
    if (type === 'test:summary' && data.file === undefined) {
      const { passed, skipped, failed: failures, cancelled, todo } = data.counts
      Object.assign(counts, { passed, failed: failures + cancelled, skipped: skipped + todo })
    } else if (
      type === 'test:fail' &&
      data.details?.error?.failureType !== 'subtestsFailed' &&
      data.todo === undefined
    ) {
      failed.add(data.file)
      yield failure(data)
    } else if (type === 'test:stderr' || type === 'test:stdout') {
      said.set(data.file, (said.get(data.file) ?? '') + data.message)
    }
  }
  for (const file of failed) {
    const lines = (said.get(file) ?? '').trim().split('\n').slice(-SAID_LINES)
    if (lines.join('') !== '') yield `    ${relative(process.cwd(), file)} said\n      ${lines.join('\n      ')}\n`
  }
  yield `${MARK}${JSON.stringify(counts)}\n`
}

function failure({ name, file, line, details }) {
  const error = details?.error?.cause ?? details?.error
  const where = file === undefined ? '' : `${relative(process.cwd(), file)}:${line ?? 1}`
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const lines = text.split('\n').filter((part) => !/node:(internal|async_hooks)/.test(part))
  return `    ✗ ${name}  ${where}\n      ${lines.slice(0, 60).join('\n      ')}\n`
}
