import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'

/** One guard: a piece of text that stands exactly once in a file of ours, and what stands there in a house without it. */
export type Edit = { file: string; is: string; without: string }

/** The code of a house: as it is, or a second copy of all its modules in which guards are missing. */
export type Code = <M>(file: string) => Promise<M>

export type Trial<T> = {
  /** Brings up what is attacked, from the given code. */
  open: (code: Code) => Promise<T>
  /** @returns what it got; nothing when it was kept out. */
  attack: (target: T) => Promise<string[]>
  /** The guard that is taken out for the counter-trial: in the code, or in what was opened. */
  without: Edit | readonly Edit[] | ((target: T) => Promise<unknown>)
  /** A bound in time that nobody wants to wait for, made short; then the counter-trial has none. */
  hastened?: Edit
}

const ROOT = pathToFileURL(`${join(import.meta.dirname, '../..')}/`).href
const MARK = 'without'
/** What owns servers is shared by all copies. */
const SHARED = /\/test\/support\/(postgres|temporal)\.ts$/

const copies: (readonly Edit[])[] = []

const isOurs = (url: string) => url.startsWith(ROOT) && !url.includes('/node_modules/') && !SHARED.test(url)

registerHooks({
  /** What a module of a copy imports belongs to the same copy. */
  resolve(specifier, context, next) {
    const parent = context.parentURL === undefined ? undefined : new URL(context.parentURL)
    const mark = parent?.searchParams.get(MARK)
    if (parent === undefined || mark == null) return next(specifier, context)
    parent.search = ''
    const found = next(specifier, { ...context, parentURL: parent.href })
    return isOurs(found.url) ? { ...found, url: `${found.url}?${MARK}=${mark}` } : found
  },

  load(url, context, next) {
    const address = new URL(url)
    const mark = address.searchParams.get(MARK)
    const loaded = next(url, context)
    if (mark === null) return loaded
    address.search = ''
    const edits = copies[Number(mark)]!.filter(({ file }) => address.href === ROOT + file)
    if (edits.length === 0) return loaded
    return { ...loaded, source: edits.reduce(applied, Buffer.from(loaded.source as Uint8Array).toString('utf8')) }
  },
})

/** A guard that was moved or reworded must be found again by whoever did it: a counter-trial without an edit proves nothing. */
function applied(text: string, { file, is, without }: Edit): string {
  const parts = text.split(is)
  assert.equal(parts.length, 2, `${file} has exactly once: ${is}`)
  return parts.join(without)
}

export const asItIs: Code = (file) => import(ROOT + file)

function lacking(edits: readonly Edit[]): Code {
  const mark = copies.push(edits) - 1
  return (file) => import(`${ROOT}${file}?${MARK}=${mark}`)
}

async function openWithout<T>({ open, without }: Trial<T>): Promise<T> {
  if (typeof without !== 'function') return open(lacking([without].flat()))
  // What is changed in it is its own; others may be under attack in the house as it is.
  const target = await open(lacking([]))
  await without(target)
  return target
}

/**
 * Runs an attack twice: on the house as it is, where it must get nothing, and on one without the guard, where it must get
 * something. An attack that fails in both shows nothing. Product code has no switch for any of this.
 */
export function holds<T>(title: string, trial: Trial<T>): void {
  test(title, async () => {
    const code = trial.hastened === undefined ? asItIs : lacking([trial.hastened])
    assert.deepEqual(await trial.attack(await trial.open(code)), [])
  })
  test(`${title}; without its guard it gets through`, async () => {
    assert.notDeepEqual(await trial.attack(await openWithout(trial)), [])
  })
}
