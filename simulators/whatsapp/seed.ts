import type { JsonObject } from './json.ts'
import type { BusinessNumber, Template } from './model.ts'
import type { Settings } from './settings.ts'
import type { World } from './world.ts'

/** The portfolio that owns every account here, and the app that calls. */
export const BUSINESS_ID = '100089620928913'
export const APP_ID = '634974688087057'

const FIRST_WABA = 114_503_234_599_312
const FIRST_NUMBER = 107_878_721_936_019
const FIRST_DIGITS = 15_550_934_873

const NAMES = [
  'Corner Bakery',
  'Blue Door Books',
  'Lakeside Dental',
  'Northwind Bikes',
  'Green Lantern Tea',
  'Harbour Travel',
  'Maple Street Vets',
  'Copper Kettle',
]

/** A pool of accounts, each with one number that is registered and waits for a tenant. One that was smaller before grows. */
export function seedWorld(world: World, settings: Settings): void {
  if (world.wabas.size === 0) seedPeople(world)
  for (let index = 0; index < settings.numbersCount; index += 1) {
    const wabaId = String(FIRST_WABA + index * 7_919)
    if (world.wabas.has(wabaId)) continue
    const name = NAMES[index % NAMES.length] ?? 'Business'
    const title = index < NAMES.length ? name : `${name} ${Math.floor(index / NAMES.length) + 1}`
    world.saveWaba({
      id: wabaId,
      name: title,
      namespace: `9d1f930f_bea0_46c5_9099_${wabaId.slice(-12)}`,
      subscribed: settings.appEndpoint !== undefined,
    })
    world.saveNumber(
      businessNumber({
        id: String(FIRST_NUMBER + index * 104_729),
        wabaId,
        digits: String(FIRST_DIGITS + index * 13),
        verifiedName: title,
      }),
    )
    for (const template of sampleTemplates(wabaId, index)) world.saveTemplate(template)
  }
}

export function businessNumber(
  facts: Pick<BusinessNumber, 'id' | 'wabaId' | 'digits' | 'verifiedName'> & Partial<BusinessNumber>,
): BusinessNumber {
  return {
    displayPhoneNumber: displayed(facts.digits),
    status: 'CONNECTED',
    verification: 'VERIFIED',
    registrationsAtMs: [],
    profile: {},
    automation: {},
    blocked: [],
    ...facts,
  }
}

export function displayed(digits: string): string {
  if (digits.length === 11 && digits.startsWith('1')) {
    return `+1 ${digits.slice(1, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`
  }
  return `+${digits.slice(0, 2)} ${digits.slice(2)}`
}

/** Three people to begin with, one of them without a phone number. Their numbers belong to nobody. */
function seedPeople(world: World): void {
  const familiar = { familiar: true }
  world.meet('12025550143', { name: 'Ana Torres', ...familiar })
  world.meet('447700900123', { name: 'Ben Walker', ...familiar })
  world.meet('IN.48210937716540293385', { name: 'Mira', username: '@mira.k', ...familiar })
}

const UNVERIFIED: JsonObject = { type: 'FOOTER', text: 'This message is from an unverified business.' }

/** The samples that every new account has. */
function sampleTemplates(wabaId: string, index: number): Template[] {
  const rows: [string, string, JsonObject[]][] = [
    [
      'hello_world',
      'UTILITY',
      [
        { type: 'HEADER', format: 'TEXT', text: 'Hello World' },
        {
          type: 'BODY',
          text: 'Welcome. This message shows that your account can send templates. Thank you for trying it.',
        },
        { type: 'FOOTER', text: 'The phone simulator' },
      ],
    ],
    [
      'sample_shipping_confirmation',
      'UTILITY',
      [
        { type: 'BODY', text: 'Your package has been shipped. It will be delivered in {{1}} business days.' },
        UNVERIFIED,
      ],
    ],
    [
      'sample_issue_resolution',
      'UTILITY',
      [
        { type: 'BODY', text: 'Hi {{1}}, were we able to solve the issue that you were facing?' },
        UNVERIFIED,
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Yes' },
            { type: 'QUICK_REPLY', text: 'No' },
          ],
        },
      ],
    ],
    [
      'sample_purchase_feedback',
      'MARKETING',
      [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Thank you for purchasing {{1}}! We would like to learn how you like it.' },
        UNVERIFIED,
        { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Take survey', url: 'https://www.example.com/' }] },
      ],
    ],
  ]
  return rows.map(([name, category, components], row) => ({
    id: String(1_100_000_000_000_000 + index * 1_000 + row),
    wabaId,
    name,
    language: 'en_US',
    category,
    parameterFormat: 'POSITIONAL',
    components,
    status: 'APPROVED',
    rejectedReason: 'NONE',
    quality: 'UNKNOWN',
    pauseCount: 0,
    editedAtMs: [],
    createdAtMs: 0,
  }))
}
