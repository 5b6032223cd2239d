const AT_ONCE = 4

/** Does one thing with each item, a few at a time; what fails keeps nobody back. @returns what was thrown. */
export async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<unknown[]> {
  const waiting = items.values()
  const thrown: unknown[] = []
  const worker = async () => {
    for (const item of waiting) await work(item).catch((error: unknown) => void thrown.push(error))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return thrown
}
