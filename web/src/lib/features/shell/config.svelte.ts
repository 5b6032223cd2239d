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

/** The page of a workflow in the Temporal UI. */
export function workflowUrl(config: AppConfig | undefined, workflowId: string): string | undefined {
  if (!config?.temporalUiUrl) return undefined
  const namespace = encodeURIComponent(config.temporalNamespace)
  return `${config.temporalUiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`
}
