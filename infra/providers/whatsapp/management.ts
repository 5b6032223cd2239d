import { z } from 'zod'
import type { CallOptions } from '../message-sender.ts'
import { type Graph, idPath } from './graph.ts'

const text = z.coerce.string()

export const GraphTemplate = z.looseObject({
  id: text,
  name: z.string(),
  language: z.string().transform((code) => code.replaceAll('-', '_')),
  status: z.string().transform((word) => word.toUpperCase()),
  category: z.string().transform((word) => word.toLowerCase()),
  parameter_format: z.string().optional(),
  components: z.array(z.looseObject({ type: z.string() })).default([]),
  rejected_reason: z.string().optional(),
  quality_score: z.looseObject({ score: z.string() }).optional().catch(undefined),
})
export type GraphTemplate = z.infer<typeof GraphTemplate>

const paged = <T extends z.ZodType>(item: T) =>
  z.looseObject({
    data: z.array(item),
    paging: z
      .looseObject({ cursors: z.looseObject({ after: z.string().optional() }).optional(), next: text.optional() })
      .optional(),
  })
const TemplatePage = paged(GraphTemplate)

const TemplateCreated = z.looseObject({
  id: text,
  status: z.string().default('PENDING'),
  category: z.string().optional(),
})

export const GraphPhoneNumber = z.looseObject({
  id: text,
  display_phone_number: text.optional(),
  verified_name: z.string().optional(),
  quality_rating: z.string().optional(),
  status: z.string().optional(),
  code_verification_status: z.string().optional(),
  throughput: z.looseObject({ level: z.string().optional() }).optional(),
  whatsapp_business_manager_messaging_limit: z.string().optional(),
  webhook_configuration: z
    .looseObject({
      phone_number: z.string().optional(),
      whatsapp_business_account: z.string().optional(),
      application: z.string().optional(),
    })
    .optional(),
})
export type GraphPhoneNumber = z.infer<typeof GraphPhoneNumber>
const PhoneNumberPage = paged(GraphPhoneNumber)

export const GraphProfile = z.looseObject({
  about: z.string().optional(),
  address: z.string().optional(),
  description: z.string().optional(),
  email: z.string().optional(),
  profile_picture_url: z.string().optional(),
  websites: z.array(z.string()).optional(),
  vertical: z.string().optional(),
})
export type GraphProfile = z.infer<typeof GraphProfile>

const TEMPLATE_FIELDS = 'id,name,language,status,category,parameter_format,components,rejected_reason,quality_score'
const NUMBER_FIELDS =
  'id,display_phone_number,verified_name,quality_rating,status,code_verification_status,throughput,whatsapp_business_manager_messaging_limit'
const PROFILE_FIELDS = 'about,address,description,email,profile_picture_url,websites,vertical'

export type TemplateDraft = {
  name: string
  language: string
  category: 'marketing' | 'utility' | 'authentication'
  components: readonly Record<string, unknown>[]
  parameterFormat?: 'positional' | 'named'
  sendTtlSeconds?: number
}

/** Templates of a WhatsApp business account. */
export function createTemplateCalls(graph: Graph) {
  return {
    async listTemplates(
      wabaId: string,
      { after, limit = 100, ...options }: CallOptions & { after?: string; limit?: number } = {},
    ): Promise<{ templates: GraphTemplate[]; after?: string }> {
      const query = { fields: TEMPLATE_FIELDS, limit: String(limit), after }
      const page = TemplatePage.parse(
        await graph.call('GET', `${idPath(wabaId)}/message_templates`, { ...options, query }),
      )
      const next = page.paging?.next === undefined ? undefined : page.paging.cursors?.after
      return { templates: page.data, ...(next === undefined ? {} : { after: next }) }
    },

    async getTemplate(templateId: string, options: CallOptions = {}): Promise<GraphTemplate> {
      const query = { fields: TEMPLATE_FIELDS }
      return GraphTemplate.parse(await graph.call('GET', idPath(templateId), { ...options, query }))
    },

    async createTemplate(
      wabaId: string,
      draft: TemplateDraft,
      options: CallOptions = {},
    ): Promise<{ templateId: string; status: string; category: string }> {
      const json = { name: draft.name, language: draft.language, ...definitionOf(draft) }
      const path = `${idPath(wabaId)}/message_templates`
      const made = TemplateCreated.parse(await graph.call('POST', path, { ...options, json }))
      const category = (made.category ?? draft.category).toLowerCase()
      return { templateId: made.id, status: made.status.toUpperCase(), category }
    },

    async editTemplate(
      templateId: string,
      change: Partial<Omit<TemplateDraft, 'name' | 'language'>>,
      options: CallOptions = {},
    ): Promise<void> {
      await graph.call('POST', idPath(templateId), { ...options, json: definitionOf(change) })
    },

    /** Without `templateId` all languages of the name go. */
    async deleteTemplate(
      wabaId: string,
      { name, templateId }: { name: string; templateId?: string },
      options: CallOptions = {},
    ): Promise<void> {
      const query = { name, hsm_id: templateId }
      await graph.call('DELETE', `${idPath(wabaId)}/message_templates`, { ...options, query })
    },
  }
}

function definitionOf(draft: Partial<TemplateDraft>): Record<string, unknown> {
  const { category, components, parameterFormat, sendTtlSeconds } = draft
  return {
    ...(category === undefined ? {} : { category: category.toUpperCase() }),
    ...(components === undefined ? {} : { components }),
    ...(parameterFormat === undefined ? {} : { parameter_format: parameterFormat.toUpperCase() }),
    ...(sendTtlSeconds === undefined ? {} : { message_send_ttl_seconds: sendTtlSeconds }),
  }
}

export type CallbackOverride = { callbackUrl: string; verifyToken: string }

/** Numbers: from adding one to an account until it can send. */
export function createNumberCalls(graph: Graph) {
  const post = async (path: string, json: unknown, options: CallOptions = {}) => {
    await graph.call('POST', path, { ...options, json })
  }
  return {
    async listPhoneNumbers(wabaId: string, options: CallOptions = {}): Promise<GraphPhoneNumber[]> {
      const query = { fields: NUMBER_FIELDS, limit: '100' }
      const path = `${idPath(wabaId)}/phone_numbers`
      return PhoneNumberPage.parse(await graph.call('GET', path, { ...options, query })).data
    },

    async getPhoneNumber(phoneNumberId: string, options: CallOptions = {}): Promise<GraphPhoneNumber> {
      const query = { fields: `${NUMBER_FIELDS},webhook_configuration` }
      return GraphPhoneNumber.parse(await graph.call('GET', idPath(phoneNumberId), { ...options, query }))
    },

    async addPhoneNumber(
      wabaId: string,
      number: { countryCode: string; phoneNumber: string; verifiedName: string },
      options: CallOptions = {},
    ): Promise<{ phoneNumberId: string }> {
      const { countryCode, phoneNumber, verifiedName } = number
      const json = { cc: countryCode, phone_number: phoneNumber, verified_name: verifiedName }
      const made = await graph.call('POST', `${idPath(wabaId)}/phone_numbers`, { ...options, json })
      return { phoneNumberId: z.looseObject({ id: text }).parse(made).id }
    },

    requestCode: (
      phoneNumberId: string,
      { method, language }: { method: 'SMS' | 'VOICE'; language: string },
      options?: CallOptions,
    ) => post(`${idPath(phoneNumberId)}/request_code`, { code_method: method, language }, options),

    verifyCode: (phoneNumberId: string, code: string, options?: CallOptions) =>
      post(`${idPath(phoneNumberId)}/verify_code`, { code }, options),

    register: (phoneNumberId: string, pin: string, options?: CallOptions) =>
      post(`${idPath(phoneNumberId)}/register`, { messaging_product: 'whatsapp', pin }, options),

    /** Asks for another name of the business. Where names are reviewed, the old one stays until this one is approved. */
    async requestName(phoneNumberId: string, name: string, options: CallOptions = {}): Promise<void> {
      await graph.call('POST', idPath(phoneNumberId), { ...options, query: { new_display_name: name } })
    },

    deregister: (phoneNumberId: string, options?: CallOptions) =>
      post(`${idPath(phoneNumberId)}/deregister`, { messaging_product: 'whatsapp' }, options),

    /** Sends the webhooks of a whole account to us; with an override to another address than the app's own. */
    subscribeApp: (wabaId: string, override?: CallbackOverride, options?: CallOptions) =>
      post(`${idPath(wabaId)}/subscribed_apps`, override === undefined ? {} : overrideOf(override), options),

    async countSubscribedApps(wabaId: string, options: CallOptions = {}): Promise<number> {
      return SubscribedApps.parse(await graph.call('GET', `${idPath(wabaId)}/subscribed_apps`, options)).data.length
    },

    async unsubscribeApp(wabaId: string, options: CallOptions = {}): Promise<void> {
      await graph.call('DELETE', `${idPath(wabaId)}/subscribed_apps`, options)
    },

    /** Sends the webhooks of one number to us. Goes before what the account or the app says. */
    overrideCallback: (phoneNumberId: string, override: CallbackOverride, options?: CallOptions) =>
      post(idPath(phoneNumberId), { webhook_configuration: overrideOf(override) }, options),

    /** Takes that back: webhooks of the number go where the account or the app says. */
    dropOverride: (phoneNumberId: string, options?: CallOptions) =>
      post(idPath(phoneNumberId), { webhook_configuration: { override_callback_uri: '' } }, options),
  }
}

const SubscribedApps = z.looseObject({ data: z.array(z.unknown()) })
const DebugToken = z.looseObject({
  data: z.looseObject({ expires_at: z.number().optional(), scopes: z.array(z.string()).optional() }),
})

/** What a token is good for; `expiresAtMs` is null for one that does not end. */
export type TokenFacts = { expiresAtMs: number | null; scopes: string[] | undefined }

export function createTokenCalls(graph: Graph) {
  return {
    /** Asks a token about itself. Tokens of people and of some apps may not. */
    async inspectToken(token: string, options: CallOptions = {}): Promise<TokenFacts> {
      const query = { input_token: token }
      const { data } = DebugToken.parse(await graph.call('GET', '/debug_token', { ...options, query }))
      const seconds = data.expires_at ?? 0
      return { expiresAtMs: seconds === 0 ? null : seconds * 1_000, scopes: data.scopes }
    },
  }
}

function overrideOf({ callbackUrl, verifyToken }: CallbackOverride) {
  return { override_callback_uri: callbackUrl, verify_token: verifyToken }
}

/** What contacts see of the business. */
export function createProfileCalls(graph: Graph) {
  const path = (phoneNumberId: string) => `${idPath(phoneNumberId)}/whatsapp_business_profile`
  return {
    async getProfile(phoneNumberId: string, options: CallOptions = {}): Promise<GraphProfile> {
      const query = { fields: PROFILE_FIELDS }
      const answer = await graph.call('GET', path(phoneNumberId), { ...options, query })
      return z.looseObject({ data: z.array(GraphProfile) }).parse(answer).data[0] ?? {}
    },

    async updateProfile(
      phoneNumberId: string,
      change: Omit<GraphProfile, 'profile_picture_url'>,
      options: CallOptions = {},
    ): Promise<void> {
      const json = { messaging_product: 'whatsapp', ...change }
      await graph.call('POST', path(phoneNumberId), { ...options, json })
    },
  }
}
