import { serve } from '@hono/node-server'
import { Hono } from 'hono'

// One route and nothing around it: what the framework alone answers in a process of its own.
const app = new Hono().get('/api/v1/tags', (c) => c.json({ items: [], nextCursor: null }))
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.({ port }))
process.once('SIGTERM', () => process.exit(0))
