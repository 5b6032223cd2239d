// The health check of a container without curl: node deploy/health.mjs http://127.0.0.1:4700/api/openapi.json
const [url] = process.argv.slice(2)
const answer = await fetch(url, { signal: AbortSignal.timeout(4_000) }).catch(() => undefined)
process.exit(answer?.ok ? 0 : 1)
