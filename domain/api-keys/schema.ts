import { z } from 'zod'
import { InstantInput } from '../inputs.ts'
import { PageQuery, pageOf } from '../paging.ts'
import { PERMISSIONS, Permission } from '../permissions/catalogue.ts'

/** What every key begins with: people and scanners of leaked secrets recognise it by that. */
export const API_KEY_MARK = 'hf_'

/** What only people do: own a tenant, and make keys. A key that could make keys would outlive its own revocation. */
const OF_PEOPLE: ReadonlySet<Permission> = new Set<Permission>(['tenant.own', 'api_keys.manage', 'runs.decode'])

/** What a key may be allowed to do. */
export const KEY_PERMISSIONS: readonly Permission[] = PERMISSIONS.filter((permission) => !OF_PEOPLE.has(permission))
export const KeyPermission = z.enum(KEY_PERMISSIONS as [Permission, ...Permission[]]).meta({ id: 'KeyPermission' })

/** One address, or a range of them as CIDR writes it. */
const AddressRange = z.union([z.ipv4(), z.cidrv4(), z.ipv6(), z.cidrv6()])

export const API_KEY_STATES = ['active', 'expired', 'revoked'] as const

export const ApiKey = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    prefix: z.string().meta({ description: 'The beginning of the key, to recognise it by.' }),
    state: z.enum(API_KEY_STATES),
    permissions: z.array(Permission),
    allowedAddresses: z.array(z.string()),
    createdBy: z.strictObject({ id: z.uuid(), name: z.string() }).nullable(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime().nullable(),
    revokedAt: z.iso.datetime().nullable(),
    lastUsedAt: z.iso.datetime().nullable().meta({ description: 'Kept to the minute.' }),
    lastUsedAddress: z.string().nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.infer<typeof ApiKey>
export const ApiKeyPage = pageOf(ApiKey, 'ApiKeyPage')
export const ListApiKeys = z.strictObject({ ...PageQuery.shape })

export const CreateApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(80),
    permissions: z.array(KeyPermission).min(1).max(KEY_PERMISSIONS.length),
    allowedAddresses: z.array(AddressRange).max(50).default([]).meta({ description: 'Empty: from everywhere.' }),
    expiresAt: InstantInput.nullable().default(null).meta({ description: 'Null: never.' }),
  })
  .meta({ id: 'CreateApiKey' })
export type CreateApiKey = z.infer<typeof CreateApiKey>

export const CreatedApiKey = z
  .strictObject({ key: ApiKey, secret: z.string().meta({ description: 'The whole key. It is shown this once.' }) })
  .meta({ id: 'CreatedApiKey' })
export type CreatedApiKey = z.infer<typeof CreatedApiKey>
