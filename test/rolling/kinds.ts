/** In the order in which an update replaces them: who works and takes in first, who is asked from outside last. */
export const KINDS = ['worker', 'dispatcher', 'api'] as const
export type Kind = (typeof KINDS)[number]
