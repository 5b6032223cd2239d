import { createQuery } from '@tanstack/svelte-query'
import type { DiagnosticRun, DiagnosticRunSummary, DiagnosticSchedule } from '#domain/diagnostics/schema.ts'
import { api } from '#lib/api/client.ts'
import { keys } from '#lib/api/keys.ts'

const LOOK_AGAIN_MS = 1_000

export const isUnderWay = ({ state }: Pick<DiagnosticRunSummary, 'state'>): boolean =>
  state === 'waiting' || state === 'running'

/** How soon a run is looked at again: while it is under way each check writes its row as it ends. */
export const whileUnderWay = ({ state }: { state: { data?: DiagnosticRun | undefined } }): number | false =>
  state.data && isUnderWay(state.data) ? LOOK_AGAIN_MS : false

/** One run; looked at again and again while it is under way. */
export const createDiagnosis = (id: () => string | undefined) =>
  createQuery(() => ({
    queryKey: keys.diagnosis(id() ?? ''),
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<DiagnosticRun>(`/diagnostics/runs/${id()}`, undefined, signal),
    enabled: id() !== undefined && typeof window !== 'undefined',
    refetchInterval: whileUnderWay,
  }))

export const createDiagnosticSchedule = () =>
  createQuery(() => ({
    queryKey: keys.diagnosticSchedule,
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<DiagnosticSchedule>('/diagnostics/schedule', undefined, signal),
  }))
