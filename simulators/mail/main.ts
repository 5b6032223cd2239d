import { parseArgs } from 'node:util'
import { startMail } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'smtp-port': { type: 'string', default: '0' },
    data: { type: 'string' },
  },
})
if (values.data === undefined) throw new Error('--data is required')
const mail = await startMail({ port: Number(values.port), smtpPort: Number(values['smtp-port']), dataDir: values.data })
process.stdout.write(`${JSON.stringify({ listening: mail.url, smtp: `smtp://127.0.0.1:${mail.smtpPort}` })}\n`)

const stop = async (): Promise<void> => {
  await mail.close()
  process.exit(0)
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
