import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { encryptionBelow } from './volume.ts'

const folders: string[] = []
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A machine as its /proc and /sys tell of it. Disks: name, and either what encrypts it or what it stands on. */
function machine(
  mounts: readonly string[],
  disks: Record<string, { number: string; uuid?: string; on?: string[] }>,
): string {
  const root = mkdtempSync(join(tmpdir(), 'doctor-'))
  folders.push(root)
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const link = (path: string, target: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    symlinkSync(join(root, target), join(root, path))
  }
  put('proc/self/mountinfo', `${mounts.join('\n')}\n`)
  for (const [name, { number, uuid, on = [] }] of Object.entries(disks)) {
    put(`sys/devices/${name}/dev`, number)
    put(`dev/${name}`, '')
    link(`sys/dev/block/${number}`, `sys/devices/${name}`)
    link(`sys/class/block/${name}`, `sys/devices/${name}`)
    if (uuid !== undefined) put(`sys/devices/${name}/dm/uuid`, `${uuid}\n`)
    for (const slave of on) link(`sys/devices/${name}/slaves/${slave}`, `sys/devices/${slave}`)
  }
  return root
}

const mount = (device: string, point: string, type = 'ext4', source = '/dev/x') =>
  `36 35 ${device} / ${point} rw,noatime master:1 - ${type} ${source} rw`

test('[SEC-06] a volume of LUKS is seen below a logical volume, and the folder decides which volume it is', () => {
  const root = machine([mount('259:2', '/'), mount('253:1', '/srv/data'), mount('259:2', '/srv/data2')], {
    nvme0n1p2: { number: '259:2' },
    nvme0n1p3: { number: '259:3' },
    'dm-0': { number: '253:0', uuid: 'CRYPT-LUKS2-abc-data', on: ['nvme0n1p3'] },
    'dm-1': { number: '253:1', uuid: 'LVM-xyz', on: ['dm-0'] },
  })
  assert.deepEqual(encryptionBelow('/srv/data/holdfast', root), { kind: 'encrypted', how: 'dm-crypt' })
  assert.deepEqual(encryptionBelow('/srv/data', root), { kind: 'encrypted', how: 'dm-crypt' })
  assert.deepEqual(encryptionBelow('/srv/data2/holdfast', root), { kind: 'plain', on: 'nvme0n1p2' })
  assert.deepEqual(encryptionBelow('/srv/database', root), { kind: 'plain', on: 'nvme0n1p2' })
})

test('[SEC-06] half of a mirror in clear is all of it in clear', () => {
  const root = machine([mount('9:0', '/')], {
    sda1: { number: '8:1' },
    sdb1: { number: '8:17' },
    'dm-0': { number: '253:0', uuid: 'CRYPT-LUKS2-a', on: ['sda1'] },
    md0: { number: '9:0', on: ['dm-0', 'sdb1'] },
  })
  assert.deepEqual(encryptionBelow('/data', root), { kind: 'plain', on: 'sdb1' })
})

test('[SEC-06] a file system with a number of its own is followed by its disk; what shows none stays unknown', () => {
  const disks = { sda2: { number: '8:2' }, 'dm-0': { number: '253:0', uuid: 'CRYPT-LUKS2-a', on: ['sda2'] } }
  const btrfs = machine([mount('0:42', '/', 'btrfs', '/dev/dm-0')], disks)
  assert.deepEqual(encryptionBelow('/data', btrfs), { kind: 'encrypted', how: 'dm-crypt' })
  const overlay = machine([mount('0:50', '/', 'overlay', 'overlay')], disks)
  assert.equal(encryptionBelow('/data', overlay).kind, 'unknown')
  const sealed = machine([mount('0:50', '/'), mount('0:51', '/with\\040space', 'fuse.gocryptfs', 'x')], disks)
  assert.deepEqual(encryptionBelow('/with space/data', sealed), { kind: 'encrypted', how: 'fuse.gocryptfs' })
})
