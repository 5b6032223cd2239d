import { cpus, totalmem } from 'node:os'
import { table, tidyFigure } from './figures.ts'

/** One figure beside its goal; `met` is left out where nothing was promised. */
export type Row = { what: string; figure: string; goal?: string; met?: boolean; note?: string }
export type Report = {
  /** One JSON line for machines. */
  emit: (bench: string, figures: Record<string, unknown>) => void
  row: (row: Row) => void
  persistence: (text: string) => void
  finish: (run: { quick: boolean; seconds: number }) => void
}

export function createReport(print: (line: string) => void): Report {
  const rows: Row[] = []
  let persistence = ''
  return {
    emit(bench, figures) {
      const tidied = Object.entries(figures).map(([name, value]) => [name, withTidyFigures(value)])
      print(JSON.stringify({ bench, ...Object.fromEntries(tidied) }))
    },
    row: (row) => void rows.push(row),
    persistence(text) {
      persistence = text
    },
    finish({ quick, seconds }) {
      print('')
      const cells = rows.map(({ what, figure, goal = '', met, note = '' }) => [
        what,
        figure,
        goal,
        met === undefined ? '' : met ? 'met' : 'missed',
        note,
      ])
      print(table(['what', 'figure', 'goal', '', 'note'], cells))
      const processors = cpus()
      print('')
      print(
        `On ${processors.length} × ${processors[0]?.model.trim() ?? 'processor'}, ${Math.round(totalmem() / 2 ** 30)} GB, everything`,
      )
      print(`on this machine, also the load and the provider. Persistence: ${persistence}. ${seconds} s.`)
      if (quick) print('Small sizes (--quick): these figures show that everything runs, not how fast it is.')
    },
  }
}

const withTidyFigures = (value: unknown): unknown => {
  if (typeof value === 'number') return tidyFigure(value)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withTidyFigures(inner)]))
}
