import { Connection } from '@temporalio/client'
import { checkServer } from '#temporal/server-check.ts'
import { type Finding, ill, well } from './finding.ts'
import type { Place } from './place.ts'

const ABOUT = 'Temporal'

/** The server answers, is recent, and has our namespace with everything in it that a start of a run needs. */
export async function lookAtTemporal({ temporalAddress: address }: Place, namespace: string): Promise<Finding> {
  if (address === undefined) return ill(ABOUT, 'Nothing says where it is.', 'Start the house once: npm start.')
  let connection: Connection
  try {
    connection = await Connection.connect({ address, connectTimeout: 5_000 })
  } catch {
    const wayOut = 'Start the house with npm start, or start the server that TEMPORAL_ADDRESS names.'
    return ill(ABOUT, `No server answers at ${address}. Messages are taken in, flows wait.`, wayOut)
  }
  try {
    return await connection.withDeadline(Date.now() + 8_000, () => examine(connection, address, namespace))
  } finally {
    await connection.close()
  }
}

async function examine(connection: Connection, address: string, namespace: string): Promise<Finding> {
  const found = await checkServer(connection, namespace)
  const prepare = 'Run npm run db:migrate with TEMPORAL_ADDRESS set, or npm start.'
  switch (found.kind) {
    case 'outdated':
      return ill(
        ABOUT,
        `The server at ${address} is ${found.version}, which has known holes.`,
        'Use 1.29.5, 1.30.3 or later.',
      )
    case 'no_namespace':
      return ill(ABOUT, `The namespace ${namespace} is not there.`, prepare)
    case 'no_search_attribute':
      return ill(ABOUT, `The search attribute ${found.name} is missing.`, prepare)
    default:
      return well(ABOUT, `Server ${found.version} at ${address}, namespace ${namespace}.`)
  }
}
