/** The three surfaces of the product; each may speak a language of its own. */
export const PANELS = ['agent', 'workspace', 'platform'] as const
export type Panel = (typeof PANELS)[number]

/** Agents work in the inbox and with contacts; the rest of a tenant is its workspace. */
export function panelOf(pathname: string): Panel {
  if (/^\/platform(\/|$)/.test(pathname)) return 'platform'
  return /^\/(inbox|contacts)(\/|$)/.test(pathname) ? 'agent' : 'workspace'
}

/** Under which name the choice for a panel lies in the person's account. */
export const panelKey = (panel: Panel): string => `locale_${panel}`
