import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Browser, openHouse } from './house.ts'

const house = await openHouse()
type Role = { id: string; key: string; permissions: string[]; memberCount: number }

const rolesOf = async (browser: Browser): Promise<Record<string, Role>> => {
  const { items } = await browser.json<{ items: Role[] }>(200, 'GET', '/roles')
  return Object.fromEntries(items.map((role) => [role.key, role]))
}

test("[SEC-13] a role of one's own is made, held, changed, and deleted with its members moved to another", async () => {
  const owner = await house.owner()
  const made = await owner.json<Role>(201, 'POST', '/roles', {
    key: 'night_shift',
    name: 'Night shift',
    permissions: ['conversations.read', 'conversations.reply'],
  })
  const member = await house.member(owner, 'night_shift')
  const { agent } = await rolesOf(owner)
  await owner.json(201, 'POST', '/invitations', { email: 'later@roles.test', roleId: made.id })
  assert.equal((await member.request('GET', '/tags')).status, 403)
  assert.equal((await owner.request('DELETE', `/roles/${made.id}`)).status, 409, 'it is held')
  assert.equal((await owner.request('DELETE', `/roles/${made.id}?moveTo=${made.id}`)).status, 422)
  await owner.json(204, 'DELETE', `/roles/${made.id}?moveTo=${agent!.id}`)
  const me = await member.json<{ role: { key: string } }>(200, 'GET', '/me')
  assert.equal(me.role.key, 'agent')
  const { items } = await owner.json<{ items: { role: { key: string } }[] }>(200, 'GET', '/invitations')
  assert.deepEqual(
    items.map(({ role }) => role.key),
    ['agent'],
  )
  assert.equal((await rolesOf(owner))['night_shift'], undefined)
  type Lines = { items: { action: string; detail: Record<string, unknown> }[] }
  const lines = await owner.json<Lines>(200, 'GET', `/audit?subjectType=role&subjectId=${made.id}`)
  assert.deepEqual(lines.items[0]!.detail, { key: 'night_shift', movedTo: 'agent', members: 1 })
})

test('[S60] nobody moves members into a role that allows more than they may do, nor out of the tenant', async () => {
  const [owner, other] = [await house.owner(), await house.owner()]
  const admin = await house.member(owner, 'admin')
  const roles = await rolesOf(owner)
  const made = await admin.json<Role>(201, 'POST', '/roles', { key: 'stairs', name: 'Stairs', permissions: [] })
  await house.member(owner, 'stairs')
  assert.equal((await admin.request('DELETE', `/roles/${made.id}?moveTo=${roles['owner']!.id}`)).status, 403)
  const foreign = (await rolesOf(other))['viewer']!.id
  assert.equal((await admin.request('DELETE', `/roles/${made.id}?moveTo=${foreign}`)).status, 404)
  const permissions = ['members.read', 'roles.read', 'roles.manage']
  await owner.json(201, 'POST', '/roles', { key: 'editor', name: 'Editor', permissions })
  const editor = await house.member(owner, 'editor')
  assert.equal((await editor.request('DELETE', `/roles/${made.id}?moveTo=${roles['viewer']!.id}`)).status, 403)
  assert.equal((await rolesOf(owner))['stairs']!.memberCount, 1)
})

test('[S60] the last who owns a tenant is not moved out of it with the role they hold', async () => {
  const owner = await house.owner()
  const { owner: built, agent } = await rolesOf(owner)
  const partners = { key: 'partners', name: 'Partners', permissions: built!.permissions }
  const made = await owner.json<Role>(201, 'POST', '/roles', partners)
  type Members = { items: { id: string; personId: string }[] }
  const { items } = await owner.json<Members>(200, 'GET', '/members')
  await owner.json(200, 'PATCH', `/members/${items[0]!.id}`, { roleId: made.id })
  const to = (heir: Role) => owner.request('DELETE', `/roles/${made.id}?moveTo=${heir.id}`)
  assert.equal((await to(agent!)).status, 409)
  assert.equal((await rolesOf(owner))['partners']!.memberCount, 1)
  assert.equal((await to(built!)).status, 204)
})
