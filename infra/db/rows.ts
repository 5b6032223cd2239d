/** Instants leave the stores as ISO text in UTC, as the contracts have them. */
export const iso = (at: Date): string => at.toISOString()
export const isoOrNull = (at: Date | null): string | null => at?.toISOString() ?? null
