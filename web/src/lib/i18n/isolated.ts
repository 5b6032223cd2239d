/** A text of somebody's own within one of ours: whichever way it runs, it turns nothing around it. */
export const isolated = (text: string): string => `\u2068${text}\u2069`
