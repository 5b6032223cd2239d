import { FEATURE_MOUNTS } from './feature-mounts.ts'
import type { Mount } from './mounts.ts'
import { problemPages } from './problem-pages.ts'
import { whatsappWebhooks } from './webhooks/whatsapp.ts'

/** What the product is about, mounted under /api/v1. */
export const PRODUCT_MOUNTS: readonly Mount[] = FEATURE_MOUNTS

/** What is mounted at the root of the server: webhooks of providers, and the pages that the `type` of problems leads to. */
export const ROOT_MOUNTS: readonly Mount[] = [
  { path: '/webhooks/whatsapp', build: whatsappWebhooks },
  { path: '/problems', build: problemPages },
]
