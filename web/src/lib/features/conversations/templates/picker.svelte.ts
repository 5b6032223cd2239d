import { mediaKindOf } from '#domain/media/kind.ts'
import { SEND_SIZE_BYTES_MAX } from '#domain/media/schema.ts'
import type { Media, MessageHeader, OutboundContent } from '#domain/messages/schema.ts'
import { faceOf, fillComponents, missingSlots, slotsOf } from '#domain/templates/fill.ts'
import type { Template } from '#domain/templates/schema.ts'
import type { Draft } from '../outbox.svelte.ts'

const NAMES = /^(name|first_?name|customer_?name|contact_?name)$/i
const GREETING =
  /(?:^|\s)(?:hi|hello|hey|dear|good (?:morning|evening)|hola|ol[aá]|bonjour|hallo|jambo|habari|مرحبا|أهلا)[\s,]+\{\{1\}\}/iu

/** What a person says to fill one template: the values of its variables and the file of its header. */
export class TemplatePicker {
  template = $state.raw<Template | undefined>()
  values = $state<Record<string, string>>({})
  file = $state.raw<File | undefined>()
  fileUrl = $state.raw('')
  readonly slots = $derived(this.template ? slotsOf(this.template) : [])
  readonly missing = $derived(this.template ? missingSlots(this.template, this.values, this.file !== undefined) : [])
  readonly face = $derived(
    this.template ? faceOf(this.template, fillComponents(this.template, this.values), this.#header()) : undefined,
  )

  choose(template: Template, contactName: string): void {
    this.template = template
    this.takeFile(undefined)
    const firstName = contactName.split(/\s+/)[0] ?? ''
    const greets = GREETING.test(template.body)
    this.values = Object.fromEntries(
      slotsOf(template).flatMap((slot) =>
        slot.kind === 'text' && (NAMES.test(slot.variable) || (greets && slot.key === 'body.1'))
          ? [[slot.key, firstName]]
          : [],
      ),
    )
  }

  /** Begins anew; what was drawn of the file is let go. */
  clear(): void {
    this.takeFile(undefined)
    this.template = undefined
  }

  /** @returns false when WhatsApp would not show it as what the header is to be. */
  takeFile(file: File | undefined): boolean {
    if (this.fileUrl) URL.revokeObjectURL(this.fileUrl)
    const wanted = this.slots.find((slot) => slot.kind === 'media')?.media
    const kind = mediaKindOf(file?.type ?? '')
    const fits =
      file !== undefined &&
      wanted !== undefined &&
      (wanted === 'document' || kind === wanted) &&
      file.size <= SEND_SIZE_BYTES_MAX[wanted]
    this.file = fits ? file : undefined
    this.fileUrl = fits ? URL.createObjectURL(file) : ''
    return fits || file === undefined
  }

  draft(): Draft | undefined {
    const { template, face, file } = this
    if (!template || !face || this.missing.length > 0) return undefined
    const content: OutboundContent = {
      kind: 'template',
      name: template.name,
      language: template.language,
      category: template.category,
      components: fillComponents(template, this.values),
      text: face.body,
      face,
    }
    return { content, replyTo: null, ...(file ? { file } : {}) }
  }

  #header(): MessageHeader | undefined {
    const slot = this.slots.find((one) => one.kind === 'media')
    const { file } = this
    if (slot?.kind !== 'media' || !file) return undefined
    const media: Media = { fileName: file.name, mimeType: file.type, sizeBytes: file.size }
    return { kind: slot.media, media }
  }
}
