/** Every patched() id: when it was added, and when it may go. Empty until running code is changed for the first time. */
export const PATCHES = {} as const satisfies Record<string, { added: string; removeWhen: string }>
