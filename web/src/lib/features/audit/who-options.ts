import { ALL } from './narrow-menu.svelte'

type Option = { value: string; label: string }
type Narrowed = { who: string | undefined; name: string | undefined }

/** Whom a log can be narrowed to: everybody, those who are known, and whoever it is narrowed to and is known no more. */
export function whoOptions(everybody: string, people: readonly Option[], { who, name }: Narrowed): Option[] {
  const isOther = who !== undefined && name !== undefined && !people.some(({ value }) => value === who)
  return [{ value: ALL, label: everybody }, ...people, ...(isOther ? [{ value: who, label: name }] : [])]
}
