import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const ROUTES = resolve(import.meta.dirname, '../../../web/src/routes')

/** What the stage knows by these names, where a page is about one thing. */
const THINGS: Readonly<Record<string, string>> = {
  '/contacts/[id]': '01990007-0000-7000-8007-000000000001',
  '/flows/[id]': '01990005-0000-7000-8005-000000000002',
  '/inbox/[id]': '01990009-0000-7000-8009-000000000001',
  '/runs/[id]': '0199000a-0000-7000-800a-000000000001',
  '/settings/channels/[id]': '01990006-0000-7000-8006-000000000002',
  '/settings/diagnostics/[id]': '0199003c-0000-7000-803c-000000000009',
  '/settings/webhooks/[id]': '01990033-0000-7000-8033-000000000002',
  '/settings/webhooks/[id]/deliveries/[deliveryId]': '01990034-0000-7000-8034-000000000001',
  '/platform/diagnostics/[id]': '01990032-0000-7000-8032-000000000001',
  '/platform/plans/[key]': 'default',
  '/platform/tenants/[id]': '01990032-0000-7000-8032-000000000001',
}

/** @param route as the folders say it, with the name of a thing in brackets. */
export function pathOf(route: string): string {
  const parent = Object.keys(THINGS).find((other) => route.startsWith(`${other}/`) && other !== route)
  const last = THINGS[route]
  const start = parent === undefined ? route : parent.replace(/\[\w+\]/, THINGS[parent]!) + route.slice(parent.length)
  if (!start.includes('[')) return start
  if (last === undefined)
    throw new Error(`the page ${route} needs a thing to be about: name one in ${import.meta.filename}`)
  return start.replace(/\[\w+\]$/, last)
}

/** The path of every page of the app, from the tree of its routes: a page that is added is looked at. */
export const PAGE_PATHS: readonly string[] = globSync('**/+page.svelte', { cwd: ROUTES })
  .map((file) => `/${file.replaceAll('\\', '/')}`.replace('/+page.svelte', '').replace(/\/\([^)]*\)/g, ''))
  .map(pathOf)
  .sort()
