export type Picture = { src: string; name: string }

/** The picture that is shown large. Only ever set by a click, so it is empty while the server renders. */
export const lightbox = $state<{ picture: Picture | undefined }>({ picture: undefined })

export function openLightbox(picture: Picture): void {
  lightbox.picture = picture
}
