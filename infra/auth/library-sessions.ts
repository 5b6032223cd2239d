import { createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'

/**
 * Opens a session for somebody whom we have recognised ourselves, by a passkey or a second factor. The library makes
 * the row and the cookie, so that such a session is like any other. It has no address: only our own code calls it.
 */
export const librarySessions = () => ({
  id: 'holdfast-sessions' as const,
  endpoints: {
    openSession: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ personId: z.string() }) },
      async (ctx) => {
        const { internalAdapter } = ctx.context
        const user = await internalAdapter.findUserById(ctx.body.personId)
        if (!user) throw ctx.error('UNAUTHORIZED')
        const session = await internalAdapter.createSession(user.id, false)
        await setSessionCookie(ctx, { session, user })
        return ctx.json({ personId: user.id })
      },
    ),
    checkPassword: createAuthEndpoint.serverOnly(
      { method: 'POST', body: z.object({ personId: z.string(), password: z.string() }) },
      async (ctx) => {
        const accounts = await ctx.context.internalAdapter.findAccounts(ctx.body.personId)
        const hash = accounts.find(({ providerId }) => providerId === 'credential')?.password
        if (!hash) return ctx.json({ fits: false })
        return ctx.json({ fits: await ctx.context.password.verify({ hash, password: ctx.body.password }) })
      },
    ),
  },
})
