const MAC_CAPS: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Ctrl: '⌃' }
const OTHER_CAPS: Record<string, string> = { Mod: 'Ctrl', Alt: 'Alt', Shift: '⇧', Ctrl: 'Ctrl' }
const NAMED: Record<string, string> = {
  Enter: '↵',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Backspace: '⌫',
  Space: '␣',
}

export const isMac = (): boolean =>
  typeof navigator !== 'undefined' &&
  /mac|iphone|ipad/i.test(navigator.userAgent) &&
  !/windows/i.test(navigator.userAgent)

/** `Mod+Enter` or a sequence such as `g i`, as the caps that are printed on this person's keyboard. */
export function keyCaps(keys: string, mac = isMac()): string[] {
  const caps = mac ? MAC_CAPS : OTHER_CAPS
  return keys
    .split(' ')
    .flatMap((stroke) => stroke.split('+').map((part) => caps[part] ?? NAMED[part] ?? part.toLocaleUpperCase()))
}
