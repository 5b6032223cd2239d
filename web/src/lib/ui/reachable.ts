const FOCUSABLE = 'a[href], button:not(:disabled), input, select, textarea, summary, [tabindex]:not([tabindex="-1"])'

/**
 * Lets the keyboard reach what scrolls and holds nothing else to stop at, and tells its name to whoever arrives there.
 * Where there is something to stop at, one more stop would only be in the way.
 */
export const reachable = (name: string) => (scroller: HTMLElement) => {
  const look = () => {
    const isLost = scroller.scrollHeight > scroller.clientHeight && scroller.querySelector(FOCUSABLE) === null
    for (const [attribute, value] of Object.entries({ tabindex: '0', role: 'region', 'aria-label': name })) {
      if (isLost) scroller.setAttribute(attribute, value)
      else scroller.removeAttribute(attribute)
    }
  }
  // Told after layout, so that looking costs none: what comes or goes inside changes the size of the content.
  const sizes = new ResizeObserver(look)
  for (const element of [scroller, ...scroller.children]) sizes.observe(element)
  return () => sizes.disconnect()
}
