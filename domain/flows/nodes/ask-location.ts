import { z } from 'zod'
import { askFindings, plainAsk, plainQuestion, promptText } from './ask.ts'
import { defineNode } from './contract.ts'
import { ASK_FIELDS, type AskFields } from './parts.ts'

const REQUEST_CHARS_MAX = 1_024
const PLACE_CHARS_MAX = 500

const AskLocationConfig = z.strictObject(ASK_FIELDS)

const reading = plainAsk<AskFields>((_config, { content }) => {
  if (content.kind !== 'location') return { refused: 'not_location' }
  const { latitude, longitude, name, address } = content
  const value = {
    latitude,
    longitude,
    ...(name === undefined ? {} : { name: name.slice(0, PLACE_CHARS_MAX) }),
    ...(address === undefined ? {} : { address: address.slice(0, PLACE_CHARS_MAX) }),
  }
  return { value }
})

/** Asks for a place, with WhatsApp's own button for it. */
export const askLocation = defineNode({
  type: 'ask_location',
  schema: AskLocationConfig,
  meta: { category: 'question', icon: 'map-pin' },
  initial: { text: '', retriesMax: 2 },
  ...plainQuestion,
  ask: {
    ...reading,
    prompt: (_config, step, text) => ({
      kind: 'location_request',
      text: promptText(step, text, REQUEST_CHARS_MAX),
    }),
  },
  lint: (config) => askFindings(config, REQUEST_CHARS_MAX),
})
