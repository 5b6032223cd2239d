import { startSimulator } from './server.ts'
import { readSettings } from './settings.ts'

const simulator = await startSimulator(readSettings(process.argv.slice(2)))
process.stdout.write(`${JSON.stringify({ listening: simulator.url })}\n`)

const stop = async (): Promise<void> => {
  await simulator.close()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
