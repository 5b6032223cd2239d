type Component = { readonly type: string; readonly [key: string]: unknown }

const VARIABLE = /\{\{\s*([\w.]+)\s*\}\}/g

const named = (components: readonly Component[], type: string) =>
  components.find((component) => component.type.toUpperCase() === type)

/** The names (or numbers) of the variables of a text, each once, in the order they are read. */
export const variablesIn = (text: string): string[] => [
  ...new Set(Array.from(text.matchAll(VARIABLE), (match) => match[1]!)),
]

/** The text of a template's body, variables in place; empty when it has none. */
export function bodyOf(components: readonly Component[]): string {
  const text = named(components, 'BODY')?.['text']
  return typeof text === 'string' ? text : ''
}

/** The names (or numbers) of the variables of header and body, each once, in the order they are read. */
export function variablesOf(components: readonly Component[]): string[] {
  const header = named(components, 'HEADER')?.['text']
  return variablesIn(`${typeof header === 'string' ? header : ''}\n${bodyOf(components)}`)
}
