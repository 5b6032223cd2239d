import type { CheckStatus } from './checks.ts'

/** How somebody gets out of a finding; each is a sentence `diagnostics.fix_<key>`, some have a page that mends it. */
export const FIXES = [
  'operator_database',
  'operator_temporal',
  'operator_clock',
  'operator_storage',
  'operator_bucket',
  'operator_mail',
  'operator_dispatcher',
  'operator_address',
  'operator_key',
  'connect_number',
  'enter_token',
  'enter_app_secret',
  'grant_permissions',
  'point_webhook',
  'register_number',
  'mind_quality',
  'take_parked',
  'look_at_sends',
  'look_at_runs',
  'look_at_webhooks',
  'try_again',
] as const
export type Fix = (typeof FIXES)[number]

type FindingStatus = Extract<CheckStatus, 'warning' | 'failed' | 'skipped'>
type FindingLaw = { status: FindingStatus; fix: Fix | null }

/** What a check may find, how bad that is, and the way out. Codes are also translations `diagnostics.found_<code>`. */
export const FINDINGS = {
  // Of any check
  check_timed_out: { status: 'failed', fix: 'try_again' },
  check_broke: { status: 'failed', fix: 'try_again' },
  not_reached: { status: 'skipped', fix: null },
  cancelled: { status: 'skipped', fix: null },
  // The installation
  database_unreachable: { status: 'failed', fix: 'operator_database' },
  database_slow: { status: 'warning', fix: 'operator_database' },
  database_outdated: { status: 'warning', fix: 'operator_database' },
  temporal_unreachable: { status: 'failed', fix: 'operator_temporal' },
  temporal_no_workers: { status: 'failed', fix: 'operator_temporal' },
  temporal_incomplete: { status: 'failed', fix: 'operator_temporal' },
  temporal_outdated: { status: 'warning', fix: 'operator_temporal' },
  clock_off: { status: 'warning', fix: 'operator_clock' },
  clock_far_off: { status: 'failed', fix: 'operator_clock' },
  storage_broken: { status: 'failed', fix: 'operator_storage' },
  storage_nearly_full: { status: 'warning', fix: 'operator_storage' },
  bucket_missing: { status: 'failed', fix: 'operator_bucket' },
  bucket_refused: { status: 'failed', fix: 'operator_bucket' },
  bucket_unreachable: { status: 'failed', fix: 'operator_bucket' },
  bucket_keeps_versions: { status: 'warning', fix: 'operator_bucket' },
  mail_not_set: { status: 'skipped', fix: 'operator_mail' },
  mail_unreachable: { status: 'failed', fix: 'operator_mail' },
  mail_refused: { status: 'failed', fix: 'operator_mail' },
  queue_waits: { status: 'warning', fix: 'operator_dispatcher' },
  queue_stuck: { status: 'failed', fix: 'operator_dispatcher' },
  // A number
  no_number: { status: 'skipped', fix: 'connect_number' },
  secret_unreadable: { status: 'failed', fix: 'operator_key' },
  token_invalid: { status: 'failed', fix: 'enter_token' },
  token_expires: { status: 'warning', fix: 'enter_token' },
  app_secret_wrong: { status: 'failed', fix: 'enter_app_secret' },
  permission_missing: { status: 'failed', fix: 'grant_permissions' },
  number_not_found: { status: 'failed', fix: 'enter_token' },
  number_not_registered: { status: 'failed', fix: 'register_number' },
  number_quality_low: { status: 'warning', fix: 'mind_quality' },
  provider_unreachable: { status: 'failed', fix: 'try_again' },
  app_not_subscribed: { status: 'failed', fix: 'point_webhook' },
  webhook_not_set: { status: 'failed', fix: 'point_webhook' },
  webhook_elsewhere: { status: 'failed', fix: 'point_webhook' },
  verification_refused: { status: 'failed', fix: 'point_webhook' },
  verification_open: { status: 'failed', fix: 'operator_address' },
  webhook_unreachable: { status: 'failed', fix: 'operator_address' },
  webhook_refused: { status: 'failed', fix: 'operator_address' },
  forgery_accepted: { status: 'failed', fix: 'operator_address' },
  probe_not_taken: { status: 'failed', fix: 'operator_dispatcher' },
  probe_slow: { status: 'warning', fix: 'operator_dispatcher' },
  nothing_to_replay: { status: 'skipped', fix: null },
  replay_refused: { status: 'failed', fix: 'operator_address' },
  replay_doubled: { status: 'failed', fix: 'operator_dispatcher' },
  // What people would notice
  no_webhooks: { status: 'skipped', fix: null },
  webhook_failing: { status: 'warning', fix: 'look_at_webhooks' },
  webhook_disabled: { status: 'failed', fix: 'look_at_webhooks' },
  sends_failed: { status: 'warning', fix: 'look_at_sends' },
  many_sends_failed: { status: 'failed', fix: 'look_at_sends' },
  items_parked: { status: 'warning', fix: 'take_parked' },
  runs_failed: { status: 'warning', fix: 'look_at_runs' },
  deliveries_failed: { status: 'warning', fix: 'look_at_webhooks' },
} as const satisfies Record<string, FindingLaw>
export type FindingCode = keyof typeof FINDINGS

/** Names, hosts and figures that a sentence is filled with; never a secret, and never what a contact wrote. */
export type FindingValues = Readonly<Record<string, string | number>>
export type Finding = { code: FindingCode; status: FindingStatus; fix: Fix | null; values: FindingValues }

/** A finding with its law, as it is kept: how bad a code is may change later, and old runs stay as they were. */
export const finding = (code: FindingCode, values: FindingValues = {}): Finding => ({
  code,
  ...FINDINGS[code],
  values,
})

/** What a check says: its findings, and the figures of the sentence that is shown when there are none. */
export type Outcome = { findings: readonly Finding[]; facts: FindingValues }

const BADNESS: Readonly<Record<FindingStatus, number>> = { skipped: 0, warning: 1, failed: 2 }

/** The status of a check is that of its worst finding; without one it has passed. */
export function statusOf(findings: readonly Pick<Finding, 'status'>[]): 'passed' | FindingStatus {
  return findings.reduce<'passed' | FindingStatus>(
    (worst, { status }) => (worst === 'passed' || BADNESS[status] > BADNESS[worst] ? status : worst),
    'passed',
  )
}

/** The page that mends a finding; undefined where only whoever runs the installation can. */
export function placeOfFix(fix: Fix, channelId: string | null): string | undefined {
  const number = channelId === null ? '/settings/channels' : `/settings/channels/${channelId}`
  switch (fix) {
    case 'connect_number':
    case 'take_parked':
      return '/settings/channels'
    case 'enter_token':
    case 'enter_app_secret':
    case 'grant_permissions':
    case 'point_webhook':
    case 'register_number':
    case 'mind_quality':
      return number
    case 'look_at_sends':
      return '/inbox'
    case 'look_at_runs':
      return '/runs?state=failed'
    case 'look_at_webhooks':
      return '/settings/webhooks'
    default:
      return undefined
  }
}
