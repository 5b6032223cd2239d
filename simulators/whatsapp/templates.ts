import type { SimClock } from './clock.ts'
import type { JsonObject } from './json.ts'
import type { Live } from './live.ts'
import type { Template, TemplateStatus } from './model.ts'
import type { Webhooks } from './webhooks.ts'
import type { World } from './world.ts'

const HOUR_MS = 3_600_000
const PAUSES_MS = [3 * HOUR_MS, 6 * HOUR_MS]

export type TemplatesDeps = { world: World; clock: SimClock; webhooks: Webhooks; live: Live }

/** The people who review templates, and the quality rules that pause them. */
export class Templates {
  review: 'approve' | 'reject' | 'hold' = 'approve'
  reviewDelayMs = 1_500
  readonly #deps: TemplatesDeps
  readonly #timers = new Set<NodeJS.Timeout>()

  constructor(deps: TemplatesDeps) {
    this.#deps = deps
  }

  submit(template: Template): void {
    this.#deps.world.saveTemplate(template)
    this.#reviewLater(template)
  }

  resume(): void {
    for (const template of this.#deps.world.templates.values()) {
      if (template.status === 'PENDING') this.#reviewLater(template)
    }
  }

  /** The template as it stands now: a pause ends by the clock. */
  current(template: Template | undefined): Template | undefined {
    if (template?.status === 'PAUSED' && (template.pausedUntilMs ?? 0) <= this.#deps.clock.now()) {
      this.decide(template, 'APPROVED', { event: 'APPROVED', title: 'UNPAUSE' })
    }
    return template
  }

  decide(
    template: Template,
    status: TemplateStatus,
    { reason, event, title }: { reason?: string; event?: string; title?: string } = {},
  ): void {
    template.status = status
    template.rejectedReason = status === 'REJECTED' ? (reason ?? 'INVALID_FORMAT') : 'NONE'
    if (status !== 'PAUSED') delete template.pausedUntilMs
    this.#deps.world.saveTemplate(template)
    this.#tell('message_template_status_update', template, {
      event: event ?? status,
      message_template_category: template.category,
      reason: status === 'REJECTED' ? template.rejectedReason : 'NONE',
      ...(title ? { other_info: { title, description: PAUSE_WORDS[title] ?? title } } : {}),
      ...(status === 'DISABLED' ? { disable_info: { disable_date: new Date().toISOString().slice(0, 10) } } : {}),
    })
  }

  /** Three hours, then six, then for good. */
  pause(template: Template): void {
    const pauseMs = PAUSES_MS[template.pauseCount]
    template.pauseCount += 1
    if (pauseMs === undefined) {
      this.decide(template, 'DISABLED', { title: 'DISABLED' })
      return
    }
    template.pausedUntilMs = this.#deps.clock.now() + pauseMs
    this.decide(template, 'PAUSED', { title: template.pauseCount === 1 ? 'FIRST_PAUSE' : 'SECOND_PAUSE' })
  }

  /** A red score pauses, as the provider does. */
  score(template: Template, quality: string): void {
    const previous = template.quality
    template.quality = quality
    this.#deps.world.saveTemplate(template)
    this.#tell('message_template_quality_update', template, {
      previous_quality_score: previous,
      new_quality_score: quality,
    })
    if (quality === 'RED') this.pause(template)
  }

  recategorise(template: Template, category: string): void {
    const previous = template.category
    template.category = category
    this.#deps.world.saveTemplate(template)
    this.#tell('template_category_update', template, { previous_category: previous, new_category: category })
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #reviewLater(template: Template): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      const still = this.#deps.world.templates.get(template.id)
      if (still?.status !== 'PENDING' || this.review === 'hold') return
      this.decide(still, this.review === 'approve' ? 'APPROVED' : 'REJECTED')
    }, this.reviewDelayMs)
    timer.unref()
    this.#timers.add(timer)
  }

  #tell(field: string, template: Template, value: JsonObject): void {
    this.#deps.live.tell('template', { id: template.id, status: template.status })
    this.#deps.webhooks.emit({
      kind: 'account',
      field,
      wabaId: template.wabaId,
      lane: 'account',
      payload: {
        message_template_id: Number(template.id),
        message_template_name: template.name,
        message_template_language: template.language,
        ...value,
      },
    })
  }
}

const PAUSE_WORDS: Readonly<Record<string, string>> = {
  FIRST_PAUSE: 'The template has been paused for 3 hours because of low quality.',
  SECOND_PAUSE: 'The template has been paused for 6 hours because of low quality.',
  DISABLED: 'The template has been disabled because of low quality.',
  UNPAUSE: 'The template can be sent again.',
}
