const LINK = /^https?:\/\/[^\s<>"]+$/
const PAGE = 'margin:0;padding:24px;background:#f6f6f4;font:16px/1.5 system-ui,sans-serif;color:#1c1c1a'
const SHEET = 'max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px'
const BUTTON =
  'display:inline-block;padding:10px 16px;background:#0b6b57;color:#ffffff;border-radius:6px;text-decoration:none'

const asText = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

/**
 * The same mail as a page: a paragraph per blank line, and a paragraph that is nothing but an address becomes a button.
 * Each paragraph finds its own direction, so Arabic and an English name stand side by side as they should.
 */
export function htmlOfMail({ subject, text }: { subject: string; text: string }): string {
  const paragraphs = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '')
  const body = paragraphs.map(
    (paragraph) => `<p dir="auto">${LINK.test(paragraph) ? button(paragraph) : lines(paragraph)}</p>`,
  )
  return [
    '<!doctype html>',
    `<html><head><meta charset="utf-8"><title>${asText(subject)}</title></head>`,
    `<body style="${PAGE}"><div style="${SHEET}">`,
    ...body,
    '</div></body></html>',
  ].join('\n')
}

const lines = (paragraph: string): string => asText(paragraph).replaceAll('\n', '<br>')

/** The address stays readable: people check where a button of a mail leads. */
const button = (address: string): string =>
  `<a href="${asText(address)}" style="${BUTTON}" dir="ltr">${asText(address)}</a>`
