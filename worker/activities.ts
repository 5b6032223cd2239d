/** Activities of all features under one roof. Two of the same name would silently shadow each other: refused. */
export function allActivities(...factories: object[]): Record<string, (...args: never[]) => unknown> {
  const all: Record<string, (...args: never[]) => unknown> = {}
  for (const activities of factories) {
    for (const [name, activity] of Object.entries(activities)) {
      if (all[name] !== undefined) throw new Error(`Two activities are called ${name}.`)
      all[name] = activity as (...args: never[]) => unknown
    }
  }
  return all
}
