const PAGES: Record<string, (id: string) => string> = {
  conversation: (id) => `/inbox/${id}`,
  contact: (id) => `/contacts/${id}`,
  flow: (id) => `/flows/${id}`,
  run: (id) => `/runs/${id}`,
  channel: (id) => `/settings/channels/${id}`,
  role: (id) => `/settings/roles?role=${id}`,
  webhook: (id) => `/settings/webhooks/${id}`,
  api_key: () => '/settings/api-keys',
  member: () => '/settings/members',
  invitation: () => '/settings/members',
  translations: (id) => `/settings/translations?locale=${id}`,
}

/** The page on which a thing of the audit log can be seen; undefined where there is none. */
export const subjectHref = ({ type, id }: { type: string; id: string }): string | undefined =>
  PAGES[type]?.(encodeURIComponent(id))
