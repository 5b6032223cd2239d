import { z } from 'zod'
import { hasFixedHost, webAddress } from './addresses.ts'
import { BUTTON_TITLE_CHARS_MAX, BUTTONS_TEXT_CHARS_MAX, FOOTER_CHARS_MAX } from './choices.ts'
import { defineNode, NEXT } from './contract.ts'
import { found, lengthFinding } from './findings.ts'
import { ShortTemplate, Template } from './parts.ts'

const SendLinkButtonConfig = z.strictObject({
  text: Template,
  label: z.string().max(200),
  url: z.string().max(2_000),
  footer: ShortTemplate.optional(),
})

/** Sends a text with one button that opens a web address. */
export const sendLinkButton = defineNode({
  type: 'send_link_button',
  schema: SendLinkButtonConfig,
  meta: { category: 'message', icon: 'external-link' },
  initial: { text: '', label: '', url: '' },
  ports: () => [NEXT],
  enter(config, step) {
    const text = step.render(config.text, BUTTONS_TEXT_CHARS_MAX)
    const label = step.render(config.label, BUTTON_TITLE_CHARS_MAX)
    const url = webAddress(step.renderUrl(config.url))
    const footer = config.footer === undefined ? '' : step.render(config.footer, FOOTER_CHARS_MAX)
    if (text === '' || label === '' || url === undefined) step.log({ event: 'problem', code: 'link_incomplete' })
    else step.send({ kind: 'link_button', text, label, url, ...(footer === '' ? {} : { footer }) })
    return { kind: 'go', port: 'next' }
  },
  lint(config) {
    const findings = found(
      lengthFinding({ path: '/text', text: config.text, charsMax: BUTTONS_TEXT_CHARS_MAX }),
      lengthFinding({ path: '/label', text: config.label, charsMax: BUTTON_TITLE_CHARS_MAX }),
      lengthFinding({ path: '/footer', text: config.footer ?? '', charsMax: FOOTER_CHARS_MAX, optional: true }),
    )
    if (!hasFixedHost(config.url)) {
      const message = 'A web address with its host is needed.'
      findings.push({ severity: 'error', code: 'address_invalid', path: '/url', message })
    }
    return findings
  },
  reads: (config) => ({ templates: [config.text, config.label, config.url, config.footer ?? ''], conditions: [] }),
})
