import type { FlowDefinition } from '#domain/flows/schema.ts'
import type { WholeHouse } from './house.ts'
import { type Member, signUp } from './member.ts'
import { createPhones, type Phones } from './phones.ts'

export type Channel = { id: string; phoneNumberId: string; businessAccountId: string; webhookUrl: string }
export type Business = { member: Member; channels: Channel[]; phones: Phones }
type Page<T> = { items: T[] }

/** A tenant as a person would set one up: signed up, with so many numbers of the simulator, and one published flow. */
export async function openBusiness(
  house: Pick<WholeHouse, 'endpoints' | 'secrets'>,
  wishes: { name: string; numbers: number; flow?: FlowDefinition },
): Promise<Business> {
  const { app, api, simulators } = house.endpoints()
  if (simulators.whatsapp === null) throw new Error('this needs the phone simulator')
  const phones = createPhones(simulators.whatsapp)
  const member = await signUp({ app, api, name: wishes.name })
  const { items: sample } = await member.call<Page<{ id: string; enabled: boolean }>>('GET', '/flows')
  for (const flow of sample.filter((one) => one.enabled)) await member.call('POST', `/flows/${flow.id}/disable`, {})
  if (wishes.flow !== undefined) await publish(member, wishes.flow)
  const channels = await connect(house, { member, phones, count: wishes.numbers, name: wishes.name })
  return { member, channels, phones }
}

async function publish(member: Member, draft: FlowDefinition): Promise<void> {
  const flow = await member.call<{ id: string; version: number }>('POST', '/flows', {
    name: 'Echo',
    priority: 0,
    draft,
  })
  await member.call('POST', `/flows/${flow.id}/publish`, { version: flow.version, enable: true })
}

/** A new tenant has one number already; the others are taken from the pool. */
async function connect(
  house: Pick<WholeHouse, 'endpoints' | 'secrets'>,
  { member, phones, count, name }: { member: Member; phones: Phones; count: number; name: string },
): Promise<Channel[]> {
  const { items } = await member.call<Page<Channel>>('GET', '/channels')
  const free = (await phones.state()).numbers.filter((number) => number.endpoint === null)
  for (const number of free.slice(0, Math.max(0, count - items.length))) {
    const channel = await member.call<Channel>('POST', '/channels', {
      name: `${name} ${number.id}`,
      phoneNumberId: number.id,
      businessAccountId: number.wabaId,
      accessToken: house.secrets.graphAccessToken,
      appSecret: house.secrets.graphAppSecret,
      baseUrl: house.endpoints().simulators.whatsapp,
    })
    items.push(channel)
  }
  if (items.length < Math.min(1, count)) throw new Error('no number could be connected')
  return items
}
