import type { Mount } from './mounts.ts'

/** What the product is about, mounted under /api/v1. */
export const PRODUCT_MOUNTS: readonly Mount[] = []

/** What is mounted at the root of the server: webhooks of providers. */
export const ROOT_MOUNTS: readonly Mount[] = []
