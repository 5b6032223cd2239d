import { writeFileSync } from 'node:fs'
import { contractText, currentContract, SNAPSHOT } from './openapi.ts'

// Writes the contract anew: `node test/api/record-openapi.ts`. What changes is reviewed like code.
writeFileSync(SNAPSHOT, `${contractText(currentContract())}\n`)
