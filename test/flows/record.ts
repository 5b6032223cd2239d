import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { type GoldenCase, playCase, transcriptText } from './session.ts'

// Writes the transcripts anew: `node test/flows/record.ts [name]`. What changes is reviewed like code.
const wanted = process.argv[2] ?? '*'
for (const file of globSync(`${import.meta.dirname}/cases/${wanted}.case.json`)) {
  const golden = JSON.parse(readFileSync(file, 'utf8')) as GoldenCase
  writeFileSync(file.replace('.case.json', '.transcript.ndjson'), transcriptText(playCase(golden)))
}
