import type { translations as english } from '../en/translations.ts'
import type { Like } from '../messages.ts'

export const translations: Like<typeof english> = {
  title: 'टेक्स्ट',
  text: 'प्रोडक्ट की कोई भी बात अपने शब्दों में लिखें। वह आपके वर्कस्पेस में सबको तुरंत दिखती है।',
  search: 'टेक्स्ट खोजें',
  only_own: 'बदले हुए',
  as_it_is: 'जैसा है',
  own_text: '{key} के लिए आपका टेक्स्ट',
  reset: 'मूल टेक्स्ट पर लौटें',
  broken: 'ब्रैकेट बंद नहीं हैं, या ऐसा मान इस्तेमाल हुआ है जो इस टेक्स्ट में नहीं है।',
  mails: 'मेल और पुश',
  needs_link: '{link} रहने दें: यह मेल उसी के लिए है।',
  none: 'कोई टेक्स्ट मेल नहीं खाता',
  none_own: 'इस भाषा का कोई टेक्स्ट अभी बदला नहीं गया है।',
}
