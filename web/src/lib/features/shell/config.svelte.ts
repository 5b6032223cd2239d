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
 * True for the Temporal UI that `npm start` brings up, beside the app on the same host: it takes no setting that would let
 * it ask the app to open payloads in the reader's name, so each reader says so in their own browser.
 */
export function opensPayloadsByHand(config: AppConfig | undefined, app: Pick<URL, 'hostname' | 'origin'>): boolean {
  if (!config?.temporalUiUrl) return false
  const ui = new URL(config.temporalUiUrl)
  return ui.hostname === app.hostname && ui.origin !== app.origin
}

/** The page of a workflow in the Temporal UI. */
export function workflowUrl(config: AppConfig | undefined, workflowId: string): string | undefined {
  if (!config?.temporalUiUrl) return undefined
  const namespace = encodeURIComponent(config.temporalNamespace)
  return `${config.temporalUiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
}
