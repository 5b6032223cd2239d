import { flow } from '../support/flows.ts'

const ask = (text: string, more: Record<string, unknown> = {}) => ({
  type: 'ask_text',
  config: { text, variable: 'said', ...more },
})
const say = (text: string) => ({ type: 'send_text', config: { text } })
const ANY = [{ kind: 'any_message' }]
const minutes = (value: number) => ({ value, unit: 'minutes' })
const keyword = (word: string) => [{ kind: 'keyword', keywords: [word], match: 'exact' }]

/** Asks once, thanks, and is over. */
export const ASK_AND_THANK = flow(
  { start: { type: 'start' }, ask: ask('Your name?'), thanks: say('Thanks, {{vars.said}}'), end: { type: 'end' } },
  ['start.next > ask', 'ask.next > thanks', 'thanks.next > end'],
  ANY,
)

/** Says one thing and calls people, in one turn. */
export const FAREWELL = flow(
  { start: { type: 'start' }, bye: say('A colleague will write to you.'), people: { type: 'hand_over' } },
  ['start.next > bye', 'bye.next > people'],
  ANY,
)

/** Waits for so many minutes, then asks. Longer than two minutes is without the floor. */
export const delayed = (value: number, word = 'journey') =>
  flow(
    {
      start: { type: 'start' },
      hello: say('See you'),
      delay: { type: 'delay', config: { until: { kind: 'span', span: minutes(value) } } },
      ask: ask('Still there?'),
      thanks: say('Good: {{vars.said}}'),
    },
    ['start.next > hello', 'hello.next > delay', 'delay.next > ask', 'ask.next > thanks'],
    keyword(word),
  )

/** Calls an outside server, then asks with what it said. */
export const calls = (url: string, timeoutSeconds = 30) =>
  flow(
    {
      start: { type: 'start' },
      call: {
        type: 'rest_request',
        config: { method: 'GET', url, timeoutSeconds, saves: [{ variable: 'answer', path: 'word' }] },
      },
      ask: ask('It says {{vars.answer}}. And you?'),
      thanks: say('You said {{vars.said}}'),
    },
    ['start.next > call', 'call.success > ask', 'ask.next > thanks'],
    ANY,
  )

/** Starts on one word. */
export const onWord = (word: string, question: string) =>
  flow(
    { start: { type: 'start' }, ask: ask(question), thanks: say(`${question} {{vars.said}}`) },
    ['start.next > ask', 'ask.next > thanks'],
    keyword(word),
  )

/** Asks, and after so many minutes without an answer says so. */
export const impatient = (value: number) =>
  flow(
    {
      start: { type: 'start' },
      ask: ask('Well?', { timeout: minutes(value) }),
      late: say('Too late'),
      thanks: say('Good'),
    },
    ['start.next > ask', 'ask.next > thanks', 'ask.timeout > late'],
    ANY,
  )
