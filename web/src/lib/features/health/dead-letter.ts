/** What every letter that was given up has in common: whose it is. */
export type DeadLetter = { tenantId: string; tenantName: string | null }
