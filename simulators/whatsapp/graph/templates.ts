import { apiError, type GraphError, unknownObject, userError } from '../errors.ts'
import { objectId } from '../ids.ts'
import { type JsonObject, stringAt } from '../json.ts'
import type { Template, Waba } from '../model.ts'
import type { Sim } from '../sim.ts'
import { paramError } from './checks.ts'
import { pageOf, pickFields } from './fields.ts'
import type { Reply } from './reply.ts'
import { success } from './reply.ts'
import type { Call } from './router.ts'
import { CATEGORIES, checkComponents, tooManyTemplates } from './template-create.ts'

const HOUR_MS = 3_600_000
const CREATIONS_PER_HOUR = 100
const TEMPLATES_MAX = 250
const EDITS_PER_DAY = 1
const EDITS_PER_30_DAYS = 10

const DEFAULT_FIELDS = ['name', 'parameter_format', 'components', 'language', 'status', 'category']

const management = (wabaId: string) => ({ wabaId, usage: 'whatsapp_business_management' }) as const

export function templateFields(template: Template): JsonObject {
  return {
    name: template.name,
    parameter_format: template.parameterFormat,
    components: template.components,
    language: template.language,
    status: template.status,
    category: template.category,
    quality_score: { score: template.quality, date: Math.floor(template.createdAtMs / 1000) },
    rejected_reason: template.rejectedReason,
    ...(template.ttlSeconds === undefined ? {} : { message_send_ttl_seconds: template.ttlSeconds }),
    id: template.id,
  }
}

export function templatesEdge(sim: Sim, waba: Waba, call: Call): Reply {
  if (call.method === 'GET') return listTemplates(sim, waba, call)
  if (call.method === 'DELETE') return deleteTemplates(sim, waba, call)
  if (call.method !== 'POST') throw unknownObject(waba.id, call.method)
  const template = createTemplate(sim, waba, call.body)
  return {
    status: 200,
    json: { id: template.id, status: template.status, category: template.category },
    ...management(waba.id),
  }
}

function listTemplates(sim: Sim, waba: Waba, call: Call): Reply {
  const wanted = (name: string): string[] =>
    (call.query.get(name) ?? '')
      .replaceAll(/[[\]"]/g, '')
      .split(',')
      .filter(Boolean)
      .map((word) => word.toUpperCase())
  const filters = { status: wanted('status'), category: wanted('category'), language: wanted('language') }
  const name = call.query.get('name')
  const words = call.query.get('name_or_content')?.toLowerCase()
  const found = sim.world
    .templatesOf(waba.id)
    .map((template) => sim.templates.current(template) ?? template)
    .filter(
      (template) =>
        (name === null || template.name === name) &&
        (words === undefined || JSON.stringify([template.name, template.components]).toLowerCase().includes(words)) &&
        Object.entries(filters).every(
          ([field, values]) =>
            values.length === 0 || values.includes(String(template[field as keyof typeof filters]).toUpperCase()),
        ),
    )
    .map((template) => pickFields(templateFields(template), call.query, DEFAULT_FIELDS))
  const page = { query: call.query, baseUrl: sim.media.baseUrl, path: call.path }
  return { status: 200, json: pageOf(found, page), ...management(waba.id) }
}

function createTemplate(sim: Sim, waba: Waba, body: JsonObject): Template {
  const name = String(body['name'] ?? '')
  const language = stringAt(body, 'language') ?? ''
  const category = String(body['category'] ?? '').toUpperCase()
  if (!/^[a-z0-9_]{1,512}$/.test(name))
    throw paramError('Param name must have lower-case letters, digits and underscores only.')
  if (!/^[a-z]{2,3}(_[A-Z]{2,4})?$/.test(language)) throw paramError('Param language must be a known language code.')
  if (!CATEGORIES.has(category)) throw paramError('Param category must be one of {MARKETING, UTILITY, AUTHENTICATION}.')
  const named = String(body['parameter_format'] ?? '').toUpperCase() === 'NAMED'
  const components = checkComponents(body, category, named)
  const known = sim.world.templatesOf(waba.id)
  const nowMs = sim.clock.now()
  if (known.filter((other) => nowMs - other.createdAtMs < HOUR_MS).length >= CREATIONS_PER_HOUR) throw apiError(80007)
  if (known.length >= TEMPLATES_MAX) throw tooManyTemplates()
  if (sim.world.findTemplate(waba.id, name, language)) {
    throw userError(
      2388024,
      'Content in this language already exists',
      `There is already ${language} content for ${name}.`,
    )
  }
  const ttl = Number(body['message_send_ttl_seconds'])
  const template: Template = {
    id: objectId(),
    wabaId: waba.id,
    name,
    language,
    category,
    parameterFormat: named ? 'NAMED' : 'POSITIONAL',
    components,
    status: 'PENDING',
    rejectedReason: 'NONE',
    quality: 'UNKNOWN',
    pauseCount: 0,
    editedAtMs: [],
    createdAtMs: nowMs,
    ...(Number.isInteger(ttl) ? { ttlSeconds: ttl } : {}),
  }
  sim.templates.submit(template)
  return template
}

function deleteTemplates(sim: Sim, waba: Waba, call: Call): Reply {
  const name = call.query.get('name') ?? ''
  const id = call.query.get('hsm_id')
  const found = sim.world
    .templatesOf(waba.id)
    .filter((template) => template.name === name && (id === null || template.id === id))
  if (found.length === 0) {
    throw userError(
      2593002,
      'Message Template Not Found',
      `The message template ${name} wasn't found for this account.`,
    )
  }
  for (const template of found) sim.world.deleteTemplate(template.id)
  return success(management(waba.id))
}

export function templateObject(sim: Sim, template: Template, { call, edge }: { call: Call; edge: string }): Reply {
  sim.templates.current(template)
  if (call.method === 'GET' && edge === '') {
    return {
      status: 200,
      json: pickFields(templateFields(template), call.query, DEFAULT_FIELDS),
      ...management(template.wabaId),
    }
  }
  if (call.method !== 'POST') throw unknownObject(template.id, call.method)
  if (edge === 'unpause') {
    if (template.status !== 'PAUSED') throw paramError('Only a paused template can be unpaused.')
    sim.templates.decide(template, 'APPROVED', { event: 'APPROVED', title: 'UNPAUSE' })
    return success(management(template.wabaId))
  }
  editTemplate(sim, template, call.body)
  return success(management(template.wabaId))
}

function editTemplate(sim: Sim, template: Template, body: JsonObject): void {
  if (template.status === 'DISABLED') throw editError('This template cannot be edited.')
  const category = stringAt(body, 'category')?.toUpperCase()
  if (category !== undefined && category !== template.category) {
    if (template.status === 'APPROVED') throw editError('The category of an approved template cannot be edited.')
    if (!CATEGORIES.has(category))
      throw paramError('Param category must be one of {MARKETING, UTILITY, AUTHENTICATION}.')
    template.category = category
  }
  const ttl = Number(body['message_send_ttl_seconds'])
  if (Number.isInteger(ttl)) template.ttlSeconds = ttl
  if (body['components'] === undefined) {
    sim.world.saveTemplate(template)
    return
  }
  const components = checkComponents(body, template.category, template.parameterFormat === 'NAMED')
  if (template.status === 'APPROVED') countEdit(sim, template)
  template.components = components
  template.status = 'PENDING'
  sim.templates.submit(template)
}

const editError = (message: string): GraphError => userError(2388000, 'This template cannot be edited', message)

function countEdit(sim: Sim, template: Template): void {
  const nowMs = sim.clock.now()
  const within = (days: number): number =>
    template.editedAtMs.filter((atMs) => nowMs - atMs < days * 24 * HOUR_MS).length
  if (within(1) >= EDITS_PER_DAY || within(30) >= EDITS_PER_30_DAYS) {
    throw editError('An approved template can be edited once a day and ten times in 30 days.')
  }
  template.editedAtMs.push(nowMs)
}
