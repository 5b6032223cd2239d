/** Cycles and the few walls that must hold even through a detour; the arrows themselves are in test/tidy.test.ts. */
module.exports = {
  forbidden: [
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'Two files that need each other are one file, or need a third.',
      from: {},
      to: { circular: true },
    },
    {
      name: 'workflow-code-touches-nothing-outside',
      severity: 'error',
      comment: 'Whatever a workflow reaches is replayed: no clock, no network, no database, however far away.',
      from: { path: '^workflows/' },
      to: { reachable: true, path: '^(infra|api|worker|activities)/', pathNot: '\\.test\\.ts$' },
    },
    {
      name: 'domain-reaches-no-machine',
      severity: 'error',
      comment: 'The rules run in three places, one of which is a browser.',
      from: { path: '^domain/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'not-resolvable',
      severity: 'error',
      comment: 'An import that leads nowhere fails at run time only.',
      from: { path: '^(domain|infra|workflows|activities|api|worker|temporal|simulators|scripts)/' },
      to: { couldNotResolve: true, pathNot: '^\\.\\./infra/seed' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(node_modules|build-web|\\.svelte-kit|histories|public)/' },
    // Types leave no trace at run time, so they neither close a cycle nor reach anything.
    tsPreCompilationDeps: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
}
