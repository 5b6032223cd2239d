import type { ErrorCode } from '../errors.ts'
import type { ProblemEntry } from './entry.ts'

const CONVERSATIONS = ['Conversations', 'Messages']
const NUMBERS = ['Channels']

/** Problems of what is done with conversations, messages, numbers, flows and files. */
export const WORK_PROBLEMS = {
  conversation_closed: {
    means: 'The conversation is closed.',
    when: 'Something is written in it, or done with it, that only an open conversation takes.',
    wayOut: 'Reopen it first: `POST /conversations/{id}/reopen`.',
    detail: 'Conversation 018f4e5c-0000-7000-8000-000000000003 is closed; reopen it first.',
    parts: CONVERSATIONS,
  },
  conversation_changed: {
    means: 'The conversation changed hands meanwhile.',
    when: 'The `epoch` that was sent along is not the one in force: somebody took it over, gave it back or closed it.',
    wayOut: 'Read the conversation again, see who has it now, and decide anew.',
    detail: 'This conversation changed hands meanwhile.',
    parts: CONVERSATIONS,
  },
  conversation_not_yours: {
    means: 'Somebody else has the conversation.',
    when: 'What only its owner may do is tried by another member.',
    wayOut: 'Take it over first.',
    detail: 'Somebody else has this conversation.',
    parts: CONVERSATIONS,
  },
  message_not_sendable: {
    means: 'The message cannot be sent in this form.',
    when:
      'WhatsApp does not take such a file or such a text, a value of the template is missing, the file is not stored yet, or ' +
      'the contact has no address on this channel.',
    wayOut: 'Change what `detail` names and send it again.',
    detail: 'The template needs body.1.',
    parts: CONVERSATIONS,
  },
  service_window_closed: {
    means: 'The 24 hours after the last message of the contact are over.',
    when: 'WhatsApp takes free text only within them.',
    wayOut: 'Send an approved template; with the answer of the contact a new window opens.',
    detail: 'The service window is closed.',
    parts: CONVERSATIONS,
  },
  recipient_opted_out: {
    means: 'The contact does not want messages of this kind.',
    when: 'They took their consent back, or never gave it for marketing. Also the `failure` of a message that was not sent.',
    wayOut: 'Do not send it. A new consent, with its proof, is recorded at `PUT /contacts/{id}/consents/{category}`.',
    detail: 'The contact has opted out.',
    parts: CONVERSATIONS,
  },
  recipient_suppressed: {
    means: 'The contact is on the suppression list, or blocked.',
    when: 'Somebody put them there, or they wrote a word that stops everything. Also the `failure` of a message.',
    wayOut: 'Do not send it. `GET /suppressions` says why they are on the list.',
    detail: 'The contact is suppressed.',
    parts: CONVERSATIONS,
  },
  template_not_approved: {
    means: 'WhatsApp has not approved this template, or has paused it.',
    when: 'A template is sent that is pending, rejected, paused or unknown. Also the `failure` of a message.',
    wayOut: 'Choose another one, or wait for the approval; `GET /templates` tells the status.',
    detail: 'The template is not approved.',
    parts: CONVERSATIONS,
  },
  superseded: {
    means: 'It was not sent, because a person took over.',
    when: 'The bot had written it, and a person took the conversation before it left. The `failure` of a message.',
    wayOut: 'Nothing is to be done: the person decides what is said now.',
    detail: 'A person took over before this left.',
    parts: [],
  },
  media_too_large: {
    means: 'The file is larger than it may be.',
    when: 'An upload has more than 100 MB, or WhatsApp takes less of this kind: images 5 MB, audio and video 16 MB.',
    wayOut: 'Make it smaller, or send it as a document.',
    detail: 'WhatsApp takes no image of 7340032 bytes.',
    parts: ['Media', 'Messages'],
  },
  provider_rejected: {
    means: 'WhatsApp refused it.',
    when: 'A number is connected or a message is sent, and WhatsApp says no; its own code stands in the `failure` of a message.',
    wayOut: 'Change what it names; the same again is refused again.',
    detail: 'The provider refused: (#100) Invalid parameter',
    parts: NUMBERS,
  },
  provider_unavailable: {
    means: 'WhatsApp does not answer at the moment.',
    when: 'A number is connected, tested or changed while the Graph API is away. Messages are tried again by themselves.',
    wayOut: 'Try again in a while.',
    detail: 'The provider does not answer.',
    parts: NUMBERS,
  },
  provider_throttled: {
    means: 'WhatsApp asks to slow down.',
    when: 'The account or the number has used up what WhatsApp allows. Messages wait and are tried again by themselves.',
    wayOut: 'Try again in a while.',
    detail: 'The provider asks to slow down.',
    parts: NUMBERS,
  },
  provider_pair_throttled: {
    means: 'Too many messages to this contact in a short time.',
    when: 'WhatsApp bounds what one number sends to one contact. The message waits and is tried again by itself.',
    wayOut: 'Nothing is to be done; write less often to one contact.',
    detail: 'Too many messages to this contact.',
    parts: [],
  },
  provider_credentials_invalid: {
    means: 'WhatsApp does not accept the access token of this number.',
    when: 'It was revoked, has expired, or lacks a permission.',
    wayOut: 'Give the number a new token: `PATCH /channels/{id}`.',
    detail: 'The provider does not accept the access token.',
    parts: NUMBERS,
  },
  provider_outcome_unknown: {
    means: 'WhatsApp gave no answer, so nobody knows yet whether it was done.',
    when: 'The connection broke after the request had left. The status webhook settles messages within two minutes.',
    wayOut: 'Wait for the status before you send it again; otherwise the contact may get it twice.',
    detail: 'The connection broke before an answer came.',
    parts: NUMBERS,
  },
  channel_not_connected: {
    means: 'The number is not connected.',
    when: 'It was disconnected here, or WhatsApp has banned or removed it.',
    wayOut: 'Connect it again under Settings → Numbers; what waits is sent then.',
    detail: 'The number is not connected.',
    parts: [...NUMBERS, ...CONVERSATIONS],
  },
  flow_invalid: {
    means: 'The flow has errors and cannot be published.',
    when: 'A node leads nowhere, a variable is never set, a template does not exist, and the like.',
    wayOut: '`errors` name each place and rule; `POST /flows/{id}/validate` tells them without publishing.',
    detail: 'The flow has 1 errors.',
    errors: [{ path: '', code: 'start_missing', message: 'The flow has no start.' }],
    parts: ['Flows'],
  },
  flow_not_published: {
    means: 'The flow has no published version.',
    when: 'It is started before it was published, or while it is switched off.',
    wayOut: 'Publish it: `POST /flows/{id}/publish`.',
    detail: 'The flow has no published version.',
    parts: ['Flows', 'Runs'],
  },
  flow_error: {
    means: 'The flow stopped at an error and handed the conversation to people.',
    when: 'A node could not be carried out. The outcome of a run; its page tells the node.',
    wayOut: 'Open the run, correct the node and publish a new version.',
    detail: 'unknown operator between',
    parts: [],
  },
  flow_budget_exceeded: {
    means: 'The flow did more in one go than it may, and was stopped.',
    when: 'It goes in circles without waiting for anybody, or a condition is too large. The outcome of a run.',
    wayOut: 'Put a question or a delay into the circle, or make the condition smaller.',
    detail: 'more than 10000 operations',
    parts: [],
  },
  run_not_open: {
    means: 'The run is over already.',
    when: 'It is cancelled after it had ended.',
    wayOut: 'Nothing is to be done; `GET /runs/{id}` tells how it ended.',
    detail: 'Run 018f4e5c-0000-7000-8000-000000000004 has ended already.',
    parts: ['Runs'],
  },
  address_blocked: {
    means: 'This address is not called.',
    when:
      'A webhook, a flow or a file leads to a private network, to another port or scheme than it may; or a token would be ' +
      'sent elsewhere than to the Graph API.',
    wayOut: 'Give a public https address; whoever runs the installation may allow origins of its own network.',
    detail: 'This address is not called: private.',
    errors: [{ path: '/url', code: 'address_private', message: 'This address is not called.' }],
    parts: ['Webhooks', 'Channels', 'Messages'],
  },
  response_too_large: {
    means: 'The answer of another server was too large.',
    when: 'A flow calls an address that answers more than it may. Seen in runs.',
    wayOut: 'Have it answer less, or only what the flow needs.',
    detail: 'The answer has more than 1048576 bytes.',
    parts: [],
  },
  key_missing: {
    means: 'The key for these data is not at hand.',
    when: 'The installation lacks a root key under which they were sealed.',
    wayOut: 'Whoever runs the installation names the old key beside the new one in `HOLDFAST_ROOT_KEY`.',
    detail: 'A root key is unknown here.',
    parts: ['Channels', 'Media'],
  },
  key_shredded: {
    means: 'This was erased.',
    when: 'The contact was erased, and with them the key of everything that was about them.',
    wayOut: 'Nothing brings it back.',
    detail: 'The key of this contact was destroyed.',
    parts: ['Media', 'Privacy'],
  },
  ciphertext_invalid: {
    means: 'These data cannot be read.',
    when: 'What is stored was changed or damaged, or belongs elsewhere.',
    wayOut: 'Bring it back from a backup, or enter it anew. Tell whoever runs the installation the `requestId`.',
    detail: 'The encrypted value was refused.',
    parts: ['Channels', 'Media'],
  },
} as const satisfies Partial<Record<ErrorCode, ProblemEntry>>
