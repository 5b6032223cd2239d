import type { SignInSession } from '../../domain/people/schema.ts'
import type { SecondFactors, TotpEnrolment } from '../../domain/people/second-factor.ts'
import type { Tenant } from '../../domain/tenants/schema.ts'
import { idOf } from './random.ts'
import { type Answer, type Ask, ok, problem } from './routes.ts'
import { DAY, HOUR, iso } from './world.ts'

const now = Date.now()
const tenant: Tenant = {
  ...{ id: 't1', name: 'Kahawa Roasters', status: 'active', locale: 'en', timeZone: 'Africa/Nairobi', plan: 'default' },
  ...{ secondFactor: 'optional', reopenWindowMs: 86_400_000, idleCloseMs: 3_600_000 },
  ...{ createdAt: iso(now - 400 * DAY), updatedAt: iso(now - DAY) },
}
const factors: SecondFactors = {
  totp: false,
  passkeys: [
    { id: idOf(40, 1), name: 'MacBook of Lena', createdAt: iso(now - 40 * DAY), lastUsedAt: iso(now - HOUR) },
    { id: idOf(40, 2), name: 'Schlüssel im Tresor', createdAt: iso(now - 90 * DAY), lastUsedAt: null },
  ],
  recoveryCodesLeft: 8,
  required: false,
}
const BROWSERS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
]
const sessions: SignInSession[] = BROWSERS.map((userAgent, index) => ({
  id: idOf(41, index + 1),
  current: index === 0,
  address: index === 0 ? '203.0.113.7' : '2001:db8::17',
  userAgent,
  createdAt: iso(now - (index + 1) * DAY),
  lastUsedAt: iso(now - index * 7 * HOUR),
  expiresAt: iso(now + 20 * DAY),
}))
const enrolment: TotpEnrolment = {
  secret: 'IZURKZLNXLANTYT2VVG2O54CWMUFEHOO',
  uri: 'otpauth://totp/Holdfast:lena@kahawa.example?secret=IZURKZLNXLANTYT2VVG2O54CWMUFEHOO&issuer=Holdfast',
}

export function securityRoutes({ path, method, mode }: Ask): Answer | undefined {
  if (path === '/auth/second-factors/totp' && method === 'POST') return ok(enrolment)
  if (method !== 'GET') return undefined
  const answers: Record<string, unknown> = {
    '/auth/second-factors': factors,
    '/auth/sessions': { items: sessions },
    '/tenant': tenant,
    '/support-access': { grant: null },
  }
  if (!Object.hasOwn(answers, path)) return undefined
  return mode === 'fail' ? problem(503, 'unavailable') : ok(answers[path])
}
