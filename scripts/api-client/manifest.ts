type House = { version: string; license: string; engines: { node: string } }

/** The manifest of the client: of the version, the license and for the Node of the house. */
export const manifestOf = ({ version, license, engines }: House): string =>
  JSON.stringify({
    name: 'holdfast-client',
    version,
    description: 'A client without dependencies for the API of Holdfast.',
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: {
      '.': { types: './client.d.ts', default: './client.js' },
      './operations': { types: './operations.d.ts' },
      './package.json': './package.json',
    },
    types: './client.d.ts',
    files: ['client.js', 'client.d.ts', 'operations.d.ts'],
  })
