import { Connection } from '@temporalio/client'
import { REQUIRED_SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts'
import { isServerTooOld } from '../../temporal/server/dev-server.ts'
import { type Finding, ill, well } from './finding.ts'
import type { Place } from './place.ts'

const ABOUT = 'Temporal'
const NOT_FOUND = 5

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
  const { serverVersion } = await connection.workflowService.getSystemInfo({})
  const version = serverVersion ?? ''
  if (version !== '' && isServerTooOld(version)) {
    return ill(ABOUT, `The server at ${address} is ${version}, which has known holes.`, 'Use 1.29.5, 1.30.3 or later.')
  }
  const prepare = 'Run npm run db:migrate with TEMPORAL_ADDRESS set, or npm start.'
  try {
    await connection.workflowService.describeNamespace({ namespace })
  } catch (error) {
    if ((error as { code?: number }).code !== NOT_FOUND) throw error
    return ill(ABOUT, `The namespace ${namespace} is not there.`, prepare)
  }
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = REQUIRED_SEARCH_ATTRIBUTES.filter(({ name }) => customAttributes[name] === undefined)
  if (missing.length > 0) return ill(ABOUT, `The search attribute ${missing[0]!.name} is missing.`, prepare)
  return well(ABOUT, `Server ${version} at ${address}, namespace ${namespace}.`)
}
