import type { Json } from '../conditions/json.ts'
import type { ContactFacts, FlowCommand, FlowFacts } from './run.ts'

/** Attributes that a contact has of itself; any other field of `setContactField` is the key of a custom field. */
export const CONTACT_ATTRIBUTES = ['name', 'email', 'locale', 'timeZone', 'birthday'] as const
export type ContactAttribute = (typeof CONTACT_ATTRIBUTES)[number]

export const isContactAttribute = (field: string): field is ContactAttribute =>
  (CONTACT_ATTRIBUTES as readonly string[]).includes(field)

/** The contact after one of its fields was set; null takes the value away. */
export function withField(contact: ContactFacts, field: string, value: Json): ContactFacts {
  if (isContactAttribute(field)) return { ...contact, [field]: value === null ? null : String(value) }
  const fields = { ...contact.fields, [field]: value }
  if (value === null) delete fields[field]
  return { ...contact, fields }
}

/** The contact with a tag more or less. Tags are compared as they are written. */
export function withTag(contact: ContactFacts, kind: 'addTag' | 'removeTag', tag: string): ContactFacts {
  const others = contact.tags.filter((name) => name !== tag)
  return { ...contact, tags: kind === 'addTag' ? [...others, tag] : others }
}

/**
 * The facts as they are once the commands of an event are carried out: for callers that feed several events in one turn
 * without loading the contact again, and for the simulator.
 */
export function applyToFacts(facts: FlowFacts, commands: readonly FlowCommand[]): FlowFacts {
  let { contact } = facts
  for (const command of commands) {
    if (command.kind === 'setContactField') contact = withField(contact, command.field, command.value)
    if (command.kind === 'addTag' || command.kind === 'removeTag') contact = withTag(contact, command.kind, command.tag)
  }
  return contact === facts.contact ? facts : { ...facts, contact }
}
