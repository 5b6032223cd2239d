import { ERROR_CODES } from './errors.ts'

export const FAULT_KINDS = [
  '429',
  '5xx',
  'slow',
  'slow_body',
  'reset_before_accept',
  'reset_after_accept',
  'reset_after_headers',
  'drop_status',
  'late_status',
  'duplicate_webhook',
  'reorder_webhook',
  'token_invalid',
] as const

export type Fault = {
  id: number
  kind: string
  /** Absent: every number. */
  phoneNumberId?: string
  /** Absent: every recipient. */
  to?: string
  /** How often it still strikes; null until cleared. */
  count: number | null
  ms?: number
  status?: string
  /** Copies in all, for duplicate_webhook. */
  times?: number
  retryAfterS?: number
  httpStatus?: number
  /** What a 5xx carries: an error with a code, nothing, or a page of HTML. */
  content?: 'code' | 'empty' | 'html'
  /** For error codes: refuse at once, or accept and fail later. Default: as the provider does. */
  async?: boolean
  /** Which calls it strikes: `messages` (default) or every Graph call. */
  on?: 'messages' | 'any'
  struck: number
}

export type Target = { phoneNumberId: string; to?: string; status?: string }

export class Faults {
  #faults: Fault[] = []
  #nextId = 1
  /** Told after a fault was set, struck or taken back. */
  onChange: () => void = () => {}

  list(): readonly Fault[] {
    return this.#faults
  }

  add(fault: Omit<Fault, 'id' | 'struck' | 'count'> & { count?: number | null }): Fault {
    const count = fault.count === undefined ? 1 : fault.count === null || fault.count < 0 ? null : fault.count
    const added: Fault = { ...fault, count, id: this.#nextId, struck: 0 }
    this.#nextId += 1
    this.#faults.push(added)
    this.onChange()
    return added
  }

  clear(match: { id?: number; phoneNumberId?: string } = {}): number {
    const before = this.#faults.length
    this.#faults = this.#faults.filter(
      (fault) =>
        (match.id !== undefined && fault.id !== match.id) ||
        (match.phoneNumberId !== undefined && fault.phoneNumberId !== match.phoneNumberId),
    )
    this.onChange()
    return before - this.#faults.length
  }

  get none(): boolean {
    return this.#faults.length === 0
  }

  /** Takes one strike of the first fault that fits, if there is one. */
  strike(target: Target, fits: (fault: Fault) => boolean): Fault | undefined {
    if (this.none) return undefined
    const fault = this.#faults.find(
      (candidate) =>
        (candidate.count === null || candidate.count > 0) &&
        (candidate.phoneNumberId === undefined || candidate.phoneNumberId === target.phoneNumberId) &&
        (candidate.to === undefined || candidate.to === target.to) &&
        fits(candidate),
    )
    if (!fault) return undefined
    fault.struck += 1
    if (fault.count !== null) fault.count -= 1
    if (fault.count === 0) this.#faults = this.#faults.filter((other) => other !== fault)
    this.onChange()
    return fault
  }

  strikeKind(kind: string, target: Target): Fault | undefined {
    return this.strike(
      target,
      (fault) => fault.kind === kind && (fault.status === undefined || fault.status === target.status),
    )
  }

  /** An error code that is scripted for this send, refused at once or failed later. */
  strikeCode(target: Target, late: boolean): number | undefined {
    const fault = this.strike(target, (candidate) => {
      const row = ERROR_CODES[Number(candidate.kind)]
      return row !== undefined && !isHttpKind(candidate.kind) && (candidate.async ?? row.async === true) === late
    })
    return fault === undefined ? undefined : Number(fault.kind)
  }
}

const isHttpKind = (kind: string): boolean => kind === '429' || kind === '5xx'

export const isFaultKind = (kind: string): boolean =>
  (FAULT_KINDS as readonly string[]).includes(kind) || ERROR_CODES[Number(kind)] !== undefined
