import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { platform } from 'node:os'
import { basename, join } from 'node:path'
import { type Finding, unsure, well } from './finding.ts'

export type Encryption =
  | { kind: 'encrypted'; how: string }
  | { kind: 'plain'; on: string }
  | { kind: 'unknown'; why: string }

/** File systems that encrypt by themselves. */
const SEALING = new Set(['ecryptfs', 'fuse.gocryptfs', 'fuse.cryfs', 'fuse.encfs'])

type Mount = { device: string; point: string; type: string; source: string }

/**
 * Whether the disk below a folder is encrypted by this machine: dm-crypt (LUKS) anywhere below it, or a file system
 * that seals. What a provider encrypts beneath a virtual disk cannot be seen from inside.
 *
 * @param root where /proc and /sys are; tests have their own.
 */
export function encryptionBelow(folder: string, root = '/'): Encryption {
  const mount = mountOf(folder, root)
  if (mount === undefined) return { kind: 'unknown', why: `no file system is known for ${folder}` }
  if (SEALING.has(mount.type)) return { kind: 'encrypted', how: mount.type }
  const device = deviceOf(mount, root)
  if (device === undefined) return { kind: 'unknown', why: `a file system of type ${mount.type} shows no disk` }
  const plain = plainBelow(device)
  return plain === undefined ? { kind: 'encrypted', how: 'dm-crypt' } : { kind: 'plain', on: plain }
}

function mountOf(folder: string, root: string): Mount | undefined {
  const lines = readFileSync(join(root, 'proc/self/mountinfo'), 'utf8').trim().split('\n')
  const mounts = lines.flatMap((line): Mount[] => {
    const [before = '', after = ''] = line.split(' - ')
    const [, , device = '', , point = ''] = before.split(' ')
    const [type = '', source = ''] = after.split(' ')
    return [{ device, point: unescaped(point), type, source }]
  })
  const above = mounts.filter(({ point }) => point === '/' || folder === point || folder.startsWith(`${point}/`))
  // The last of equal ones lies on top.
  return above.reduce<Mount | undefined>(
    (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
    undefined,
  )
}

const unescaped = (text: string) =>
  text.replace(/\\(\d{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)))

/** The folder of /sys that describes the disk. Some file systems have a number of their own, and name the disk instead. */
function deviceOf({ device, source }: Mount, root: string): string | undefined {
  const byNumber = join(root, 'sys/dev/block', device)
  if (existsSync(byNumber)) return realpathSync(byNumber)
  const named = join(root, source)
  if (!source.startsWith('/dev/') || !existsSync(named)) return undefined
  const byName = join(root, 'sys/class/block', basename(realpathSync(named)))
  return existsSync(byName) ? realpathSync(byName) : undefined
}

/** The name of a disk below that nothing encrypts, if there is one: a mirror is as open as its most open half. */
function plainBelow(device: string): string | undefined {
  const uuid = join(device, 'dm/uuid')
  if (existsSync(uuid) && readFileSync(uuid, 'utf8').startsWith('CRYPT-')) return undefined
  const slaves = existsSync(join(device, 'slaves')) ? readdirSync(join(device, 'slaves')) : []
  if (slaves.length === 0) return basename(device)
  for (const slave of slaves) {
    const plain = plainBelow(realpathSync(join(device, 'slaves', slave)))
    if (plain !== undefined) return plain
  }
  return undefined
}

const ABOUT = 'Encrypted disk'

/** SEC-06: message text and names rely on an encrypted volume; secrets, media and payloads are encrypted by us. */
export function lookAtVolume(folder: string): Finding {
  const found = platform() === 'linux' ? encryptionBelow(folder) : elsewhere()
  if (found.kind === 'encrypted') return well(ABOUT, `${folder} lies on an encrypted disk (${found.how}).`)
  if (found.kind === 'unknown') {
    return unsure(
      ABOUT,
      `It cannot be told whether the disk of ${folder} is encrypted: ${found.why}.`,
      'Look at the machine that this one runs on, or at what your provider promises for its disks.',
    )
  }
  return unsure(
    ABOUT,
    `${folder} lies on ${found.on}, which this machine does not encrypt.`,
    'Put the data on an encrypted volume (LUKS, FileVault, BitLocker), or on a disk that your provider encrypts.',
    'Texts of messages and names of contacts are protected by that alone; secrets and files are encrypted anyway.',
  )
}

function elsewhere(): Encryption {
  if (platform() !== 'darwin') return { kind: 'unknown', why: `nothing is known about disks of ${platform()}` }
  try {
    const status = execFileSync('/usr/bin/fdesetup', ['status'], { encoding: 'utf8', timeout: 5_000 })
    return /FileVault is On/.test(status) ? { kind: 'encrypted', how: 'FileVault' } : { kind: 'plain', on: 'the disk' }
  } catch {
    return { kind: 'unknown', why: 'fdesetup cannot be run' }
  }
}
