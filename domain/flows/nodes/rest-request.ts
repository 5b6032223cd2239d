import { z } from 'zod'
import { isJson, type Json } from '../../conditions/json.ts'
import { isSafePath, readPath } from '../../conditions/paths.ts'
import { CALL_TIMEOUT_MS_MAX, VALUE_CHARS_MAX } from '../limits.ts'
import type { CallOutcome, CallRequest } from '../run.ts'
import { hasFixedHost } from './addresses.ts'
import { defineNode, type NodeFinding, type StepContext } from './contract.ts'
import { ShortTemplate, Template, VariableName } from './parts.ts'

const BODY_DEPTH_MAX = 10
const HEADER_CHARS_MAX = 1_024
const BODY_CHARS_MAX = 6_000
const TIMEOUT_SECONDS_MAX = CALL_TIMEOUT_MS_MAX / 1_000

const Header = z.strictObject({ name: z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/), value: ShortTemplate })

const RestRequestConfig = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  /** Values are escaped where they are put in; the host is always written out. */
  url: z.string().max(2_000),
  headers: z.array(Header).max(20).default([]),
  body: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('none') }),
      /** Every text inside may hold values; one that is exactly one slot keeps the type of its value. */
      z.strictObject({ kind: z.literal('json'), value: z.unknown().refine((value) => isJson(value, BODY_DEPTH_MAX)) }),
      z.strictObject({ kind: z.literal('text'), text: Template }),
    ])
    .default({ kind: 'none' }),
  credentialId: z.uuid().optional(),
  timeoutSeconds: z.int().min(1).max(TIMEOUT_SECONDS_MAX).default(10),
  /** What to keep of the answer: a path into its body, the whole body when empty. */
  saves: z
    .array(z.strictObject({ variable: VariableName, path: z.string().max(256) }))
    .max(20)
    .default([]),
  statusVariable: VariableName.optional(),
})
type RestRequestConfig = z.infer<typeof RestRequestConfig>

function bodyOf({ body, method }: RestRequestConfig, step: StepContext): { body?: Json } {
  if (body.kind === 'none' || method === 'GET') return {}
  return { body: body.kind === 'text' ? step.render(body.text, BODY_CHARS_MAX) : step.renderJson(body.value as Json) }
}

function request(config: RestRequestConfig, step: StepContext): CallRequest {
  const headers = config.headers.map(({ name, value }) => [
    name.toLowerCase(),
    // A value with a line break would write headers of its own.
    step.render(value, HEADER_CHARS_MAX).replace(/\p{Cc}+/gu, ' '),
  ])
  return {
    method: config.method,
    url: step.renderUrl(config.url),
    headers: Object.fromEntries(headers),
    ...bodyOf(config, step),
    ...(config.credentialId === undefined ? {} : { credentialId: config.credentialId }),
  }
}

function keep(config: RestRequestConfig, step: StepContext, body: Json): void {
  for (const { variable, path } of config.saves) {
    const value = path === '' ? body : readPath(body, path)
    const fits = JSON.stringify(value).length <= VALUE_CHARS_MAX
    if (!fits) step.log({ event: 'problem', code: 'value_too_large', detail: variable })
    step.setVariable(variable, fits ? value : null)
  }
}

function portOf(config: RestRequestConfig, step: StepContext, outcome: CallOutcome): string {
  if (outcome.kind === 'timeout') return 'timeout'
  if (outcome.kind === 'failed') {
    step.log({ event: 'problem', code: 'call_failed', detail: outcome.code })
    return 'failure'
  }
  if (config.statusVariable !== undefined) step.setVariable(config.statusVariable, outcome.status)
  keep(config, step, outcome.body)
  return outcome.status >= 200 && outcome.status < 300 ? 'success' : 'failure'
}

/** Calls a web service and goes on by how it answered. */
export const restRequest = defineNode({
  type: 'rest_request',
  schema: RestRequestConfig,
  meta: { category: 'integration', icon: 'globe' },
  initial: { method: 'GET', url: '', headers: [], body: { kind: 'none' }, timeoutSeconds: 10, saves: [] },
  ports: () => [
    { id: 'success', required: true, whenOpen: 'complete' },
    { id: 'failure', required: true, whenOpen: 'fault' },
    { id: 'timeout', required: false, whenOpen: 'fault', orElse: 'failure' },
  ],
  enter(config, step) {
    if (!hasFixedHost(config.url)) {
      step.log({ event: 'problem', code: 'address_invalid' })
      return { kind: 'go', port: 'failure' }
    }
    return { kind: 'call', request: request(config, step), timeoutMs: config.timeoutSeconds * 1_000 }
  },
  resume: (config, step, outcome) => ({ kind: 'go', port: portOf(config, step, outcome ?? { kind: 'timeout' }) }),
  lint(config) {
    const findings: NodeFinding[] = []
    if (!hasFixedHost(config.url)) {
      const message = 'A web address with its host is needed; values may fill path and query only.'
      findings.push({ severity: 'error', code: 'address_invalid', path: '/url', message })
    }
    config.saves.forEach(({ path }, index) => {
      if (path === '' || isSafePath(path)) return
      const message = `${path} is not a path.`
      findings.push({ severity: 'error', code: 'path_invalid', path: `/saves/${index}/path`, message })
    })
    if (config.method === 'GET' && config.body.kind !== 'none') {
      findings.push({ severity: 'warning', code: 'body_not_sent', path: '/body', message: 'GET has no body.' })
    }
    return findings
  },
  reads(config) {
    const body =
      config.body.kind === 'text'
        ? config.body.text
        : config.body.kind === 'json'
          ? JSON.stringify(config.body.value)
          : ''
    return { templates: [config.url, ...config.headers.map(({ value }) => value), body], conditions: [] }
  },
  writes: (config) => [
    ...config.saves.map(({ variable }) => variable),
    ...(config.statusVariable === undefined ? [] : [config.statusVariable]),
  ],
})
