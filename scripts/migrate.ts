// `npm run db:migrate`: makes roles and tables where DATABASE_URL leads, and the namespace where TEMPORAL_ADDRESS does.
// For installations in which nothing but this may use the owner's address; `npm start` does it by itself.
import { migrate } from '#infra/db/migrate.ts'
import { readEnv, requireSettings } from '#infra/env.ts'
import { StartProblem } from './start/problem.ts'
import { until } from './start/process-table.ts'
import { ensureNamespace } from './start/temporal.ts'

const env = requireSettings(
  readEnv(),
  'databaseUrl',
  'databaseMigrateUrl',
  'databaseAppUrl',
  'databaseRelayUrl',
  'databaseAuthUrl',
  'databasePlatformUrl',
)
const passwordOf = (url: string) => decodeURIComponent(new URL(url).password)

await migrate({
  adminUrl: env.databaseUrl,
  passwords: {
    migrate: passwordOf(env.databaseMigrateUrl),
    app: passwordOf(env.databaseAppUrl),
    relay: passwordOf(env.databaseRelayUrl),
    auth: passwordOf(env.databaseAuthUrl),
    platform: passwordOf(env.databasePlatformUrl),
  },
})
console.log('The tables are up to date.')

const address = env.temporalAddress
if (address !== undefined) {
  // Beside us, Temporal may still be starting.
  let problem: unknown
  const ready = await until(
    () =>
      ensureNamespace(address, env.temporalNamespace).then(
        () => true,
        (error: unknown) => {
          problem = error
          return false
        },
      ),
    120_000,
    1_000,
  )
  if (!ready) {
    console.error(problem instanceof StartProblem ? [problem.message, ...problem.wayOut].join('\n') : problem)
    process.exit(1)
  }
  console.log(`The namespace ${env.temporalNamespace} is ready.`)
}
