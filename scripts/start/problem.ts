/** A reason why the house cannot start, in words for whoever typed the command: what is wrong, and the way out. */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
  readonly wayOut: readonly string[]

  constructor(message: string, wayOut: readonly string[] = [], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.wayOut = wayOut
  }
}

const FULL = ['ENOSPC', 'EDQUOT']

/** Turns what the machine says into a sentence that helps; everything else stays as it is. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StartProblem) return error
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const path = (error as NodeJS.ErrnoException).path
  if (FULL.includes(code) || /No space left on device/i.test(error.message)) {
    return new StartProblem(
      'The disk is full.',
      ['Free some space (1 GB is enough to start), or put the data elsewhere: HOLDFAST_DATA=/path npm start'],
      error,
    )
  }
  if ((code === 'EACCES' || code === 'EROFS') && path !== undefined) {
    return new StartProblem(
      `${path} cannot be written.`,
      ['Give this user the right to write there, or choose another folder: HOLDFAST_DATA=/path npm start'],
      error,
    )
  }
  if (
    code === 'ENOMEM' ||
    /could not (create|map|allocate).*(memory|segment)|Cannot allocate memory/i.test(error.message)
  ) {
    return new StartProblem(
      'There is not enough memory.',
      ['About 2 GB must be free. Close something and try again.'],
      error,
    )
  }
  return error
}
