import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

const ROOT = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

type PackageRule = {
  matchPackageNames?: string[]
  matchUpdateTypes?: string[]
  groupName?: string
  automerge?: boolean
}
type Renovate = {
  extends: string[]
  enabledManagers: string[]
  osvVulnerabilityAlerts: boolean
  vulnerabilityAlerts: { enabled: boolean; automerge: boolean; schedule: string[]; minimumReleaseAge: null }
  packageRules: PackageRule[]
}
const renovate = JSON.parse(read('renovate.json')) as Renovate

test('[SEC-12] security updates are found at any hour, in everything that is shipped, and merged when all is green', () => {
  const shipped = { npm: 'package.json', dockerfile: 'deploy/Dockerfile', 'docker-compose': 'docker-compose.yml' }
  for (const [manager, file] of Object.entries({ ...shipped, gomod: 'temporal/server/go.mod' })) {
    assert.ok(renovate.enabledManagers.includes(manager), manager)
    assert.ok(existsSync(join(ROOT, file)), file)
  }
  const { enabled, automerge, schedule, minimumReleaseAge } = renovate.vulnerabilityAlerts
  assert.deepEqual([enabled, automerge, schedule, minimumReleaseAge], [true, true, ['at any time'], null])
  assert.equal(renovate.osvVulnerabilityAlerts, true)
  assert.ok(renovate.extends.includes('docker:pinDigests'))
  assert.ok(existsSync(join(ROOT, '.ci/run')), 'nothing says what green is')
})

test('[SEC-12] what must be of one version is updated in one step', () => {
  const together = [
    ['temporalio/server', 'temporalio/admin-tools'],
    ['better-auth', 'better-call', '@better-auth/**', '@better-fetch/**'],
    ['@temporalio/**'],
    ['@mikro-orm/**'],
  ]
  const groups = renovate.packageRules.filter(({ groupName }) => groupName !== undefined)
  for (const names of together) {
    assert.ok(groups.some(({ matchPackageNames = [] }) => names.every((name) => matchPackageNames.includes(name))))
  }
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { image: string }>
  }
  const temporal = ['temporal', 'temporal-schema'].map((name) => services[name]!.image.split(/[:@]/)[1])
  assert.equal(temporal[0], temporal[1])
})

test('[SEC-12] a timer brings in what was merged, and nothing when nothing was', () => {
  const timer = read('deploy/systemd/holdfast-update.timer')
  const service = read('deploy/systemd/holdfast-update.service')
  assert.match(timer, /^OnCalendar=\S/m)
  assert.match(timer, /^Persistent=true$/m)
  assert.match(service, /^ExecStart=.*deploy\/rolling-update\.sh --pull$/m)
  assert.match(read('deploy/rolling-update.sh'), /git pull --quiet --ff-only/)
})
