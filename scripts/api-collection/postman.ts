import { createHash } from 'node:crypto'
import type { Contract } from '../../api/contract/shapes.ts'
import { type CollectionRequest, requestsOf, variablesOf } from './requests.ts'

/** Ids that stay the same, so that a collection is not another one each time it is made. */
function idOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function urlOf({ path, parameters, query }: CollectionRequest) {
  const parts = path.split('/').filter(Boolean)
  return {
    raw: `{{baseUrl}}${path.replace(/\{(\w+)\}/g, ':$1')}`,
    host: ['{{baseUrl}}'],
    path: parts.map((part) => part.replace(/^\{(\w+)\}$/, ':$1')),
    variable: parameters.map(({ name, value }) => ({ key: name, value })),
    // All of them are there to be switched on; none is asked with unless somebody wants it.
    query: query.map(({ name, value, about }) => ({ key: name, value, description: about, disabled: true })),
  }
}

function bodyOf({ body }: CollectionRequest) {
  if (body === undefined) return undefined
  if (body.type === 'file') return { mode: 'formdata', formdata: [{ key: body.field, type: 'file', src: [] }] }
  return { mode: 'raw', raw: body.text, options: { raw: { language: 'json' } } }
}

function itemOf(request: CollectionRequest) {
  const { method, path, name, about, keeps, answers } = request
  const keep = `if (pm.response.code === 201) pm.collectionVariables.set('${keeps}', pm.response.json().id)`
  const asked = {
    method,
    header: request.body?.type === 'json' ? [{ key: 'Content-Type', value: 'application/json' }] : [],
    url: urlOf(request),
    ...(request.body && { body: bodyOf(request) }),
    description: about,
  }
  return {
    id: idOf(`${method} ${path}`),
    name,
    request: asked,
    response: answers.map(({ status, text, about: title }) => ({
      id: idOf(`${method} ${path} ${status}`),
      name: title,
      code: Number(status),
      originalRequest: asked,
      header: text === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }],
      ...(text !== undefined && { body: text, _postman_previewlanguage: 'json' }),
    })),
    ...(keeps && { event: [{ listen: 'test', script: { type: 'text/javascript', exec: [keep] } }] }),
  }
}

/** A collection for Postman, and for whatever else reads its format 2.1. */
export function postmanOf(contract: Contract): object {
  const requests = requestsOf(contract)
  const folders = Map.groupBy(requests, ({ folder }) => folder)
  return {
    info: {
      _postman_id: idOf('holdfast'),
      name: 'Holdfast',
      description:
        'Every request that an API key may make. Set `baseUrl` and `key`; what is made keeps its id for the next.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{key}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: 'http://localhost:4700' },
      { key: 'key', value: '' },
      ...variablesOf(requests).map((key) => ({ key, value: '' })),
    ],
    item: [...folders].map(([folder, inside]) => ({
      id: idOf(folder),
      name: folder,
      description: contract.tags?.find(({ name }) => name === folder)?.description ?? '',
      item: inside.map(itemOf),
    })),
  }
}
