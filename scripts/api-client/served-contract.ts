import { createApp } from '../../api/app.ts'
import { contractOf } from '../../api/contract/document.ts'
import type { Contract } from '../../api/contract/shapes.ts'
import type { ApiDeps } from '../../api/deps.ts'

/** Nothing is asked: routes say what they are before anybody calls them. */
const NOTHING = {
  clock: { nowMs: () => 0 },
  settings: {
    origins: [],
    trustedProxies: [],
    publicConfig: { version: '', temporalUiUrl: null, temporalNamespace: '' },
  },
} as unknown as ApiDeps

/** The contract of the whole API as it is in the code. It depends on no database and no settings. */
export const servedContract = (version = '0'): Contract => contractOf(createApp(NOTHING), version)
