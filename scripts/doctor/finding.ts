/** What one look found: all is well, something is wrong, or it could not be told. */
export type Finding = {
  about: string
  state: 'well' | 'unsure' | 'ill'
  says: string
  wayOut?: readonly string[]
}

export const well = (about: string, says: string): Finding => ({ about, state: 'well', says })
export const unsure = (about: string, says: string, ...wayOut: string[]): Finding => ({
  about,
  state: 'unsure',
  says,
  wayOut,
})
export const ill = (about: string, says: string, ...wayOut: string[]): Finding => ({
  about,
  state: 'ill',
  says,
  wayOut,
})

const LOOK_MS = 15_000

/** A look that throws or never ends is a finding too: the doctor must come to the end of the list. */
export async function look(about: string, work: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  const { promise, resolve } = Promise.withResolvers<Finding>()
  const timer = setTimeout(() => resolve(ill(about, 'It does not answer within 15 seconds.')), LOOK_MS)
  try {
    return [await Promise.race([work(), promise])].flat()
  } catch (error) {
    return [ill(about, error instanceof Error ? error.message : String(error))]
  } finally {
    clearTimeout(timer)
  }
}
