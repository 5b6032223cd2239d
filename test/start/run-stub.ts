// A start over stubs, in a process of its own so that it can be killed. Tells its parent when all is up.
import { givenSettings, readEnv } from '#infra/env.ts'
import { createHouse } from '../../scripts/start/house.ts'
import { createReporter } from '../../scripts/start/terminal.ts'

const [root = '', dataPath = ''] = process.argv.slice(2)
const reporter = createReporter(process.stdout, { colours: false })
const house = createHouse({ root, dataPath, env: readEnv(), given: givenSettings(), reporter })
setInterval(() => undefined, 60_000)
process.once('SIGTERM', () => void house.stop().then(() => process.exit(0)))
house.up().then(
  () => process.send?.('up'),
  (error: Error) => {
    process.stdout.write(`${error.message}\n`)
    process.exit(1)
  },
)
