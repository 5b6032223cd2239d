import type { messages as english } from '../en/messages.ts'
import type { Like } from '../messages.ts'

export const messages: Like<typeof english> = {
  'preview.image': 'फ़ोटो',
  'preview.video': 'वीडियो',
  'preview.audio': 'ऑडियो',
  'preview.voice': 'वॉइस मैसेज',
  'preview.document': 'दस्तावेज़',
  'preview.sticker': 'स्टिकर',
  'preview.location': 'लोकेशन',
  'preview.contacts': 'संपर्क कार्ड',
  'preview.reaction': 'प्रतिक्रिया दी',
  'preview.reaction_removed': 'प्रतिक्रिया हटाई',
  'preview.location_request': 'लोकेशन माँगी',
  'preview.template': 'टेम्प्लेट',
  'preview.form_reply': 'फ़ॉर्म भरा गया',
  'preview.permission_reply': 'अनुरोध का जवाब दिया',
  'preview.order': 'ऑर्डर',
  'preview.system': 'नोटिस',
  'preview.edit': 'बदला गया',
  'preview.revoke': 'मैसेज हटाया',
  'preview.unsupported': 'मैसेज जो दिखाया नहीं जा सकता',
}
