import { type Language, languageOf } from '../languages.ts'

type Texts = { stopped: string; again: string }

// Each names a word of its language that `readOptWord` knows. `{name}` is the tenant.
const TEXTS: Record<Language, Texts> = {
  en: {
    stopped: 'You will get no more messages of this kind from {name}. Changed your mind? Write START.',
    again: 'You will get messages from {name} again. To end them, write STOP.',
  },
  es: {
    stopped: 'Ya no recibirás más mensajes de este tipo de {name}. ¿Cambiaste de idea? Escribe REANUDAR.',
    again: 'Volverás a recibir mensajes de {name}. Para dejar de recibirlos, escribe BAJA.',
  },
  pt: {
    stopped: 'Você não receberá mais mensagens deste tipo de {name}. Mudou de ideia? Escreva VOLTAR.',
    again: 'Você voltará a receber mensagens de {name}. Para encerrar, escreva PARAR.',
  },
  fr: {
    stopped:
      'Vous ne recevrez plus de messages de ce type de la part de {name}. Vous avez changé d’avis ? Écrivez REPRENDRE.',
    again: 'Vous recevrez de nouveau les messages de {name}. Pour y mettre fin, écrivez STOP.',
  },
  de: {
    stopped: 'Sie erhalten keine Nachrichten dieser Art mehr von {name}. Doch wieder? Schreiben Sie START.',
    again: 'Sie erhalten wieder Nachrichten von {name}. Zum Beenden schreiben Sie STOPP.',
  },
  sw: {
    stopped: 'Hutapokea tena ujumbe wa aina hii kutoka {name}. Umebadilisha nia? Andika ANZA.',
    again: 'Utapokea tena ujumbe kutoka {name}. Ili kuacha, andika ACHA.',
  },
  hi: {
    stopped: 'अब आपको {name} से इस तरह के संदेश नहीं मिलेंगे। मन बदल गया? लिखें: शुरू',
    again: 'अब आपको {name} से फिर संदेश मिलेंगे। बंद करने के लिए लिखें: बंद',
  },
  id: {
    stopped: 'Anda tidak akan lagi menerima pesan semacam ini dari {name}. Berubah pikiran? Tulis MULAI.',
    again: 'Anda akan kembali menerima pesan dari {name}. Untuk mengakhiri, tulis BERHENTI.',
  },
  ar: {
    stopped: 'لن تصلك بعد الآن رسائل من هذا النوع من {name}. غيّرت رأيك؟ اكتب: ابدأ',
    again: 'ستصلك رسائل {name} من جديد. لإنهائها اكتب: إيقاف',
  },
  he: {
    stopped: 'לא יישלחו אליך עוד הודעות מסוג זה מאת {name}. התחרטת? אפשר לכתוב: התחל',
    again: 'הודעות מאת {name} יישלחו אליך שוב. להפסקה אפשר לכתוב: הסר',
  },
}

/**
 * The language of a confirmation: the contact's own, else that of the word. "Stop" is said everywhere, so after it the
 * tenant's language comes first.
 */
export function confirmationLanguage(known: {
  contactLocale: string | null
  wordLanguage: Language
  tenantLocale: string
}): Language {
  const fallback = known.wordLanguage === 'en' ? languageOf(known.tenantLocale) : undefined
  return languageOf(known.contactLocale) ?? fallback ?? known.wordLanguage
}

/** What is answered, once, to a word that changed something. */
export const confirmationText = (language: Language, kind: keyof Texts, name: string): string =>
  TEXTS[language][kind].replace('{name}', () => name)
