import { stripTypeScriptTypes } from 'node:module'
import ts from 'typescript'

const MADE = '// Made from `client.ts` by `node scripts/api-client.ts`; what is changed here by hand is lost.\n'

/** The client for those who do not strip types themselves: what runs, and what it promises. */
export function builtFrom(source: string): { 'client.js': string; 'client.d.ts': string } {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(source, {
    fileName: 'client.ts',
    reportDiagnostics: true,
    compilerOptions: { strict: true, isolatedDeclarations: true, declaration: true },
  })
  const [wrong] = diagnostics
  if (wrong !== undefined) throw new Error(ts.flattenDiagnosticMessageText(wrong.messageText, ' '))
  return { 'client.js': MADE + stripTypeScriptTypes(source), 'client.d.ts': MADE + outputText }
}
