import { createQuery } from '@tanstack/svelte-query'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'
import type { AppConfig } from '#lib/api/types.ts'

/** Where the Temporal UI and the simulators stand. It does not change while a page is open. */
export const useConfig = () =>
  createQuery(() => ({
    queryKey: keys.config,
    queryFn: ({ signal }) => api.get<AppConfig>('/config', undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
  }))

/**
 * How the Temporal UI asks the app to open payloads in the reader's name, which each reader sets in their own browser: by the
 * cookie of the app where both stand on one host, as after `npm start`; elsewhere no cookie travels, and an address of
 * one's own takes its place. Undefined where the UI is served by the app's own origin, or there is none.
 */
export function waysToDecode(
  config: AppConfig | undefined,
  app: Pick<URL, 'hostname' | 'origin' | 'protocol'>,
): 'cookie' | 'pass' | undefined {
  if (!config?.temporalUiUrl) return undefined
  const ui = new URL(config.temporalUiUrl)
  if (ui.origin === app.origin) return undefined
  return ui.hostname === app.hostname && ui.protocol === app.protocol ? 'cookie' : 'pass'
}

/** The page of a workflow in the Temporal UI. */
export function workflowUrl(config: AppConfig | undefined, workflowId: string): string | undefined {
  if (!config?.temporalUiUrl) return undefined
  const namespace = encodeURIComponent(config.temporalNamespace)
  return `${config.temporalUiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
}
