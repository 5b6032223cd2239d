import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const ROUTES = resolve(import.meta.dirname, '../../../web/src/routes')

/** What a page is about, by the ids that the stage knows, one for each pair of brackets. */
const THINGS: Readonly<Record<string, readonly string[]>> = {
  '/contacts/[id]': ['01990007-0000-7000-8007-000000000001'],
  '/flows/[id]': ['01990005-0000-7000-8005-000000000002'],
  '/inbox/[id]': ['01990009-0000-7000-8009-000000000001'],
  '/runs/[id]': ['0199000a-0000-7000-800a-000000000001'],
  '/settings/channels/[id]': ['01990006-0000-7000-8006-000000000002'],
  '/settings/diagnostics/[id]': ['0199003c-0000-7000-803c-000000000009'],
  '/settings/webhooks/[id]': ['01990033-0000-7000-8033-000000000002'],
  '/settings/webhooks/[id]/deliveries/[deliveryId]': [
    '01990033-0000-7000-8033-000000000002',
    '01990034-0000-7000-8034-000000000001',
  ],
  '/platform/diagnostics/[id]': ['01990032-0000-7000-8032-000000000001'],
  '/platform/plans/[key]': ['default'],
  '/platform/tenants/[id]': ['01990032-0000-7000-8032-000000000001'],
}

/** @param route as the folders say it, with the names of things in brackets. */
export function pathOf(route: string): string {
  const things = [...(THINGS[route] ?? [])]
  return route.replace(/\[\w+\]/g, (name) => {
    const thing = things.shift()
    if (thing === undefined) throw new Error(`${route} is about ${name}: say which one in ${import.meta.filename}`)
    return thing
  })
}

/** The path of every page of the app, from the tree of its routes: a page that is added is looked at. */
export const PAGE_PATHS: readonly string[] = globSync('**/+page.svelte', { cwd: ROUTES })
  .map((file) => `/${file.replaceAll('\\', '/')}`.replace('/+page.svelte', '').replace(/\/\([^)]*\)/g, ''))
  .map(pathOf)
  .sort()
