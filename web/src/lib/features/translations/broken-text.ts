import { IntlMessageFormat } from 'intl-messageformat'

const ARGUMENT = 0
const TAG = 8

type Element = { type: number; value?: unknown; options?: Record<string, { value: Element[] }>; children?: Element[] }

function argumentsOf(elements: readonly Element[], names = new Set<string>()): Set<string> {
  for (const element of elements) {
    if (element.type > ARGUMENT && element.type < TAG && element.type !== 7) names.add(String(element.value))
    for (const option of Object.values(element.options ?? {})) argumentsOf(option.value, names)
  }
  return names
}

/** Whether a text cannot be shown in place of another: its braces do not close, or it asks for values that are not given. */
export function brokenText(text: string, original: string, locale: string): boolean {
  const read = (source: string) =>
    argumentsOf(new IntlMessageFormat(source, locale, undefined, { ignoreTag: true }).getAst() as Element[])
  try {
    const given = read(original)
    return [...read(text)].some((name) => !given.has(name))
  } catch {
    return true
  }
}
