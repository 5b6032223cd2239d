import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from './cache.ts'
import { downloadThroughSdk } from './download.ts'
import { StartProblem } from './problem.ts'

const VERSION = '1.31.0'
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>holdfast</groupId><artifactId>time-skipping</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`
// The test process may be killed before it can end its server: a watcher beside it does that then.
const SCRIPT = `#!/bin/sh
parent=$PPID
( while kill -0 "$parent" && kill -0 $$; do sleep 2; done; kill $$ ) >/dev/null 2>&1 </dev/null &
exec java -cp "$(dirname "$0")/lib/*" -Xmx512m io.temporal.testserver.TestServer "$@"
`

/** The test server in which time passes when nobody waits for it: cached, else the official download, else Maven's artifact. */
export async function findTimeSkippingServer(note: (text: string) => void): Promise<string> {
  const downloaded = join(cacheFolder('time-skipping'), `official-${VERSION}`)
  const script = join(cacheFolder('time-skipping', `maven-${VERSION}`), 'run.sh')
  for (const path of [downloaded, script]) if (existsSync(path)) return path

  const folder = cacheFolder('time-skipping', `download-${process.pid}`)
  const fetched = await downloadThroughSdk('time-skipping', folder, note)
  if (fetched !== undefined) renameSync(fetched, downloaded)
  rmSync(folder, { recursive: true, force: true })
  if (fetched !== undefined) return downloaded

  note('fetching the time-skipping test server with Maven')
  await fromMaven(cacheFolder('time-skipping', `maven-${VERSION}`))
  return script
}

async function fromMaven(target: string): Promise<void> {
  const draft = mkdtempSync(`${target}-`)
  try {
    writeFileSync(join(draft, 'pom.xml'), POM)
    const goal = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime']
    await promisify(execFile)('mvn', goal, { cwd: draft, timeout: 5 * 60_000 })
    await promisify(execFile)('java', ['-version'], { timeout: 20_000 })
    writeFileSync(join(draft, 'run.sh'), SCRIPT, { mode: 0o755 })
    rmSync(target, { recursive: true, force: true })
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (existsSync(join(target, 'run.sh'))) return // another process was faster
    throw new StartProblem(
      'The time-skipping test server is not here, and neither the official download nor Maven could bring it.',
      ['Allow the download from temporal.download, or install Maven and a Java of at least version 11.'],
      error,
    )
  }
}
