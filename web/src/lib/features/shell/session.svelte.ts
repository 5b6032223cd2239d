import { createContext } from 'svelte'
import type { Me } from '#domain/people/schema.ts'
import type { Permission } from '#domain/permissions/catalogue.ts'
import { seatOf } from './seat.ts'

const [getSession, setSession] = createContext<Session>()

/** Who sits here and what they may do. Empty until the first answer; then nothing is allowed yet. */
export class Session {
  #read: () => Me | undefined
  constructor(read: () => Me | undefined) {
    this.#read = read
  }
  get me(): Me | undefined {
    return this.#read()
  }
  get personId(): string | undefined {
    return this.#read()?.person.id
  }
  /** The person in their tenant, to whom what they write in this browser belongs. */
  get seat(): string | undefined {
    const { person, tenant } = this.#read() ?? {}
    return person && tenant ? seatOf(tenant.id, person.id) : undefined
  }
  can(permission: Permission): boolean {
    return this.#read()?.permissions.includes(permission) ?? false
  }
}

export { getSession as useSession, setSession as provideSession }
