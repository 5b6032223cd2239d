// Writes the demo data and tells the parent process, which starts this by `npm start`, how to sign in.
import { readEnv } from '#infra/env.ts'
import type { Demo } from './start/demo.ts'

const SEED = '../infra/seed/demo.ts'
const { seedDemo } = (await import(SEED)) as { seedDemo: (env: ReturnType<typeof readEnv>) => Promise<Demo> }

const demo = await seedDemo(readEnv())
if (process.send === undefined) console.log(JSON.stringify(demo, null, 2))
else process.send(demo, () => process.disconnect())
