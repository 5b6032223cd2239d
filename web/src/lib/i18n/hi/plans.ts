import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'प्लान',
  text: 'कंपनियाँ क्या इस्तेमाल कर सकती हैं, और कितनी बार पूछ सकती हैं।',
  figures_text: 'खाली आँकड़ा घर का होता है, जो धूसर दिखता है। बदलाव इस प्लान वाले सभी पर तुरंत लागू होता है।',
  key: 'कुंजी',
  key_text: 'प्रोग्रामों के लिए; हमेशा यही रहती है। छोटे अक्षर, अंक और _।',
  own_figures: 'अपने आँकड़े',
  monthly: 'हर महीने',
  rates_text: 'प्रति मिनट अनुरोध, कम से कम 100।',
  new: 'नया प्लान',
  new_text: 'यह घर के आँकड़ों से शुरू होता है; फिर आप उन्हें बदलते हैं।',
  default: 'डिफ़ॉल्ट',
  default_text: 'नई कंपनियों को यह प्लान मिलता है।',
  make_default: 'नई कंपनियों को दें',
  retire: 'बंद करें',
  retired: 'बंद',
  retire_title: '{name} को बंद करें?',
  retire_text: 'यह अब किसी और कंपनी को नहीं मिलता। जिसके पास है, उसके पास रहता है।',
  restore: 'वापस लाएँ',
}
