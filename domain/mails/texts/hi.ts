import type { MailTexts } from '../texts.ts'

export const hi: MailTexts = {
  'mails.reset.subject': 'नया पासवर्ड चुनें',
  'mails.reset.text':
    'नमस्ते {name},\n\nकिसी ने इस पते के लिए नया पासवर्ड माँगा है। उसे चुनने के लिए एक घंटे के अंदर यह लिंक खोलें:\n\n{link}\n\n' +
    'अगर यह आपने नहीं किया, तो कुछ भी नहीं बदला है और आपको कुछ करने की ज़रूरत नहीं है।\n',
  'mails.invitation.subject': '{tenant} से जुड़ने का न्योता',
  'mails.invitation.text':
    'नमस्ते,\n\n{inviter} ने आपको Holdfast पर {tenant} में काम करने के लिए बुलाया है। स्वीकार करने के लिए सात दिन के अंदर यह लिंक खोलें:\n\n' +
    '{link}\n',
  'mails.sign_in.subject': 'आपके खाते में नया साइन इन',
  'mails.sign_in.text':
    'नमस्ते {name},\n\nकिसी ने आपके खाते में ऐसे डिवाइस से साइन इन किया है जिसे हमने पहले नहीं देखा:\n\n{device}\n{address}\n{at}\n\n' +
    'अगर यह आप थे, तो कुछ करने की ज़रूरत नहीं। अगर नहीं, तो वह सेशन बंद करें और अपना पासवर्ड बदलें:\n\n{link}\n',
  'notices.conversation_assigned': '{title} की बातचीत आपको सौंपी गई',
  'notices.conversation_waiting': '{title} ने आपको लिखा',
  'notices.contact_blocked': '{title} ने एक साथ बहुत ज़्यादा लिखा, मैसेज रोके गए',
  'notices.message_failed': '{title} को भेजा आपका मैसेज नहीं पहुँचा',
  'notices.channel_needs_attention': 'चैनल {title} पर आपके ध्यान की ज़रूरत है',
  'notices.run_failed': '{title} का एक रन विफल हुआ',
  'notices.member_joined': '{title} आपकी टीम से जुड़े',
  'notices.quota_nearly_used': 'आपके प्लान की एक सीमा लगभग ख़त्म है',
  'notices.quota_used': 'आपके प्लान की एक सीमा ख़त्म हो गई',
  'notices.webhook_failing': 'वेबहुक {title} जवाब नहीं दे रहा है',
  'notices.webhook_disabled': 'वेबहुक {title} बंद कर दिया गया',
  'notices.diagnostics_failing': 'आपके वर्कस्पेस की रोज़ की जाँच में समस्या मिली',
  'notices.diagnostics_well': 'आपके वर्कस्पेस की रोज़ की जाँच में सब फिर ठीक है',
  'notices.other': 'नई बात: {title}',
  'notices.many': '{count} बातें आपका इंतज़ार कर रही हैं',
  'notices.mail':
    'नमस्ते {name},\n\n{tenant} में यह आपका इंतज़ार कर रहा है:\n\n{lines}\n\n{link}\n\nआपको क्या और कैसे बताया जाए, यहाँ चुनें:\n\n{settings}\n',
}
