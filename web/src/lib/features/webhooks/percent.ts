/** A share as people read it. Only what is complete is a hundred: 99.96 % says 99.9 %. */
export function percent(share: number | null, number: (value: number) => string): string {
  return share === null ? '–' : `${number(Math.floor(share * 1_000) / 10)} %`
}
