/** How an answer looks: done, refused by a rule, or failed on our side. */
export const toneOf = (status: number): 'good' | 'warn' | 'bad' =>
  status < 400 ? 'good' : status < 500 ? 'warn' : 'bad'
