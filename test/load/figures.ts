/** The value below which `share` (0 to 1) of the samples lie; NaN without samples. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((left, right) => left - right)
  const at = Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))
  return sorted[at] ?? Number.NaN
}

export type Spread = { count: number; p50: number; p95: number; p99: number; max: number }

export const spreadOf = (samples: readonly number[]): Spread => ({
  count: samples.length,
  p50: round(quantile(samples, 0.5)),
  p95: round(quantile(samples, 0.95)),
  p99: round(quantile(samples, 0.99)),
  max: round(samples.reduce((most, sample) => Math.max(most, sample), 0)),
})

export function round(value: number, digits = 1): number {
  const factor = 10 ** digits
  return Math.round(value * factor) / factor
}

/** Rows under a head, columns as wide as their widest cell; figures to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)))
  const isFigure = (text: string) => /^[\d.,<>≤≥ -]+( (ms|s|\/s|×|%))?$/.test(text)
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isFigure(cell) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** As many digits as a reader can use: three that count. */
export function tidyFigure(value: number): number {
  return Number.isFinite(value) ? Number(Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)) : value
}
