import type { Language } from '#domain/languages.ts'

const words = (list: string): readonly string[] => list.split('|')

/** Texts that may read as in English: names, signs, and words that are the language's own as well. */
export const SAID_ALIKE: Readonly<Record<Exclude<Language, 'en'> | 'all', readonly string[]>> = {
  all: words(
    'Holdfast|Holdfast {version}|PostgreSQL {version}|Temporal|API|Meta {code}|webhook-id|{ms} ms|{count} ms|Workflow|' +
      'Webhook|Webhooks|Ping|ping|Push|Emoji|Marketing|Bot|id|Phone number ID|WhatsApp Business Account ID|' +
      '{count, plural, one {# workflow} other {# workflows}}',
  ),
  es: words('App|Audio|Error|Plan|Plan: {name}|Roles|Sticker|Supervisor|Total|Variables|Video'),
  pt: words('App|E-mail|Offline|Online|Supervisor|Total'),
  fr: words(
    'Actions|Active|Administration|Agent|Audio|Code|Condition|Contact|Contacts|Conversation|Conversations|Document|' +
      'E-mail|Export, {size}|Invitation|Message|Note|Notifications|Photo|Quota|Secret|Service|Session|Sticker|Support|Test|' +
      'Total|Urgent|Variables|Version {number}|Versions|action|cause|code',
  ),
  de: words(
    'Administration|Administrator|Agent|App|Audio|Code|Details|Export, {size}|Live|Name|Offline|Online|Passkeys|' +
      'Person|Service|Start|Sticker|Test|Text: {name}|Version {number}|Video',
  ),
  sw: words('Body|Body (JSON)|Video'),
  hi: [],
  id: words(
    'Administrator|Audio|Body|Body (JSON)|Edit|File|Filter|Filter ({count, number})|Inbox|Offline|' +
      'Online|Platform|Secret|Status|Supervisor|Tag|Template|Template {name} · {language}|Total|Video',
  ),
  ar: [],
  he: [],
}
