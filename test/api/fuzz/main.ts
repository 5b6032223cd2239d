/*
 * Holds the API against its own contract with schemathesis, which must be on the PATH (`pip install schemathesis`):
 *   node test/api/fuzz/main.ts [key|person|administrator] [arguments of schemathesis run]
 * It serves the whole API on a database of its own with one tenant that has something of everything, and asks as a key
 * with every scope, as the owner of the tenant, or as whoever runs the installation. It fails when something is found that
 * is not by design, when the run does not come to its end, and when who asks was shut out on the way.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ASKERS } from './askers.ts'
import { type Finding, isByDesign } from './by-design.ts'
import { openLines } from './lines.ts'
import { emptyReport, type Report, readLine } from './report.ts'
import { openServedHouse } from './served-house.ts'
import { settingsOf } from './settings.ts'

const PROGRESS_MS = 15_000

const shown = ({ operation, check, message, request, status, answer }: Finding) =>
  `\n${operation}: ${check}\n  ${message.replaceAll('\n', ' ')}\n  ${request.slice(0, 400)}\n  ${status} ${answer.slice(0, 600)}`

/**
 * Runs schemathesis and says now and then how far it is: it may think about one operation for a minute. It is ended when who
 * asks was shut out, because what is asked after that proves nothing.
 */
async function run(args: readonly string[], folder: string, stands: () => Promise<boolean>): Promise<Report> {
  const report = emptyReport()
  const file = join(folder, 'report.ndjson')
  writeFileSync(file, '')
  const lines = openLines(file)
  const startMs = performance.now()
  const read = () => {
    for (const line of lines.next()) readLine(report, line)
    const { phase, ended, cases, selected } = report
    const seconds = Math.round((performance.now() - startMs) / 1_000)
    console.log(`${seconds} s: ${phase}, ${ended} ended of ${selected} operations, ${cases} cases`)
  }
  const asked = ['run', ...args, '--continue-on-failure', '--report-ndjson-path', file]
  const child = spawn('schemathesis', asked, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  const look = async () => {
    read()
    if (child.killed || (await stands())) return
    child.kill()
    report.errors.push('who asks was shut out on the way')
  }
  const progress = setInterval(() => void look(), PROGRESS_MS)
  await once(child, 'exit')
  clearInterval(progress)
  await look()
  lines.close()
  return report
}

/** @returns how much stands against the API or the run. */
function judge(report: Report): number {
  const findings = [...report.findings.values()]
  const faults = findings.filter((finding) => !isByDesign(finding))
  const unreached = [...report.asked].filter((operation) => !report.reached.has(operation))
  for (const fault of faults) console.log(shown(fault))
  for (const error of report.errors) console.log(`\n${JSON.stringify(error)}`)
  if (report.stopReason !== 'completed') console.log(`\nThe run broke off: ${report.stopReason}`)
  console.log(`\nNever answered by success: ${unreached.join(', ') || 'none'}`)
  console.log(`${report.asked.size} operations, ${report.cases} cases, seed ${report.seed}`)
  console.log(`${faults.length} faults, ${report.errors.length} errors, ${findings.length - faults.length} by design`)
  return faults.length + report.errors.length + (report.stopReason === 'completed' ? 0 : 1)
}

async function fuzz(name: string, more: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-fuzz-'))
  const { house, owner, stock, url, close } = await openServedHouse(folder)
  const asker = await ASKERS[name]!(house, owner)
  writeFileSync(join(folder, 'schemathesis.toml'), settingsOf(asker.settings, stock))
  const against = judge(await run([`${url}/api/openapi.json`, ...asker.selection, ...more], folder, asker.stands))
  for (const { fields, message } of house.logged.filter(({ message }) => message === 'request failed')) {
    if (fields['code'] === 'internal_error') console.error(message, fields)
  }
  await close()
  rmSync(folder, { recursive: true, force: true })
  return against
}

const [name = 'key', ...more] = process.argv.slice(2)
if (spawnSync('schemathesis', ['--version']).error !== undefined) {
  console.error('schemathesis is not on the PATH: pip install schemathesis')
  process.exitCode = 1
} else if (ASKERS[name] === undefined) {
  console.error(`ask as one of: ${Object.keys(ASKERS).join(', ')}`)
  process.exitCode = 1
} else {
  process.exitCode = (await fuzz(name, more)) === 0 ? 0 : 1
}
