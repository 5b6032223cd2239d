export type Session = {
  sessionId: string
  personId: string
  /** The tenant this session works in; membership is asked at each request, not here. */
  tenantId: string | null
  createdAtMs: number
  expiresAtMs: number
}

/** Reads who is signed in. Nothing is cached: a session that was revoked is gone at the next request. */
export type Sessions = {
  /** @param headers of the request: the session's cookie is in them. */
  read(headers: Headers): Promise<Session | undefined>
}
