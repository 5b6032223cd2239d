import type { Sample } from './drawing.ts'
import { LEAD_CAPTURE } from './lead-capture.ts'
import { ORDER_STATUS } from './order-status.ts'
import { WELCOME_MENU } from './welcome-menu.ts'

/** Flows to begin with, for the gallery and for demo data. Lead capture keeps a custom field `interest` (text). */
export const SAMPLES: readonly Sample[] = [WELCOME_MENU, ORDER_STATUS, LEAD_CAPTURE]
