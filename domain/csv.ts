/** What spreadsheets take for the beginning of a formula, or pass over before one; wide signs are signs to some of them. */
const FORMULA = /^[=+\-@＝＋－＠\t\r\n\0]/

/** One line of a table as CSV. A cell that a spreadsheet would run as a formula is made text by an apostrophe. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`

function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
