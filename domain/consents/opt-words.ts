import { LANGUAGES, type Language } from '../languages.ts'

/**
 * What a whole message says about consent. `again` takes back an opt-out and no more: "start" is also what people send to
 * begin a chat. `join` asks for messages in words that mean nothing else, and is an opt-in by itself.
 */
export type OptWord = { kind: 'stop' | 'again' | 'join'; language: Language }

type Words = Record<OptWord['kind'], string>

// Left out on purpose: "cancel", "end", "quit", "no" and their like in other languages. They answer questions of flows and
// cancel orders; whoever means all messages has plainer words, and the provider's own button.
const WORDS: Record<Language, Words> = {
  en: {
    stop: 'stop|stop all|stopall|stop messages|stop messaging me|stop sending messages|stop promotions|stop promo|unsubscribe|unsubscribe me|opt out|optout|opt-out|remove me|no more messages',
    again: 'start|unstop|resume|start again',
    join: 'subscribe|opt in|optin|opt-in|resubscribe|sign me up',
  },
  es: {
    stop: 'baja|darme de baja|dame de baja|dar de baja|quiero darme de baja|alto|detener|detener mensajes|no más mensajes|no quiero más mensajes|cancelar suscripción|desuscribir|desuscribirme',
    again: 'reanudar|iniciar|empezar de nuevo',
    join: 'alta|darme de alta|suscribir|suscribirme|quiero suscribirme',
  },
  pt: {
    stop: 'parar|pare|sair da lista|descadastrar|descadastre-me|remover|me remova|cancelar inscrição|cancelar assinatura|não quero mais mensagens|chega de mensagens|parar mensagens|parar promoções',
    again: 'voltar|retomar|iniciar',
    join: 'inscrever|inscrever-me|quero me inscrever|assinar|quero receber',
  },
  fr: {
    stop: 'arrêt|arrêter|arrêtez|stopper|désabonner|me désabonner|se désabonner|désabonnement|désinscrire|me désinscrire|désinscription|plus de messages|arrêter les messages|arrêter les promotions',
    again: 'reprendre|démarrer|commencer',
    join: "s'abonner|m'abonner|abonner|abonnement|s'inscrire|m'inscrire",
  },
  de: {
    stop: 'stopp|abmelden|abbestellen|austragen|abmeldung|bitte abmelden|keine nachrichten|keine nachrichten mehr|keine werbung|keine werbung mehr|nachrichten stoppen',
    again: 'fortsetzen|weiter empfangen|wieder anmelden',
    join: 'anmelden|abonnieren|eintragen',
  },
  sw: {
    stop: 'acha|acheni|acha ujumbe|simamisha|komesha|jiondoe|niondoe|jitoe|nitoe|sitaki ujumbe|usinitumie ujumbe',
    again: 'anza|anza tena|endelea',
    join: 'jiunge|jisajili|jiandikishe|nisajili',
  },
  hi: {
    stop: 'बंद|बंद करो|बंद करें|बन्द करें|बंद कर दो|संदेश बंद करें|मैसेज बंद करो|रोको|रोकें|स्टॉप|सदस्यता समाप्त|सदस्यता रद्द करें|band karo|band karen|band kare',
    again: 'शुरू|शुरू करो|शुरू करें|चालू करो|चालू करें|स्टार्ट|shuru|shuru karo|shuru karen',
    join: 'सदस्यता लें|सब्सक्राइब|सब्सक्राइब करें|मुझे जोड़ें',
  },
  id: {
    stop: 'berhenti|stop pesan|henti|hentikan|hentikan pesan|unreg|batal langganan|berhenti langganan|berhenti berlangganan|jangan kirim pesan lagi',
    again: 'mulai|mulai lagi|lanjutkan',
    join: 'langganan|berlangganan|daftar langganan|reg',
  },
  ar: {
    stop: 'إيقاف|ايقاف الرسائل|أوقف|أوقفوا|أوقف الرسائل|توقف|توقفوا|قف|ستوب|إلغاء الاشتراك|الغي الاشتراك|لا أريد رسائل|لا اريد المزيد من الرسائل|أزلني',
    again: 'ابدأ|استئناف|ابدأ من جديد|بدء',
    join: 'اشتراك|اشترك|اشتركني|أريد الاشتراك',
  },
  he: {
    stop: 'הסר|הסרה|להסיר|הסירו אותי|תסירו אותי|הסר אותי|עצור|עצרו|הפסק|הפסיקו|די להודעות|ביטול הרשמה|בטל הרשמה|לא רוצה הודעות|סטופ',
    again: 'התחל|חידוש|המשך|התחילו שוב',
    join: 'הרשמה|הירשם|להירשם|הצטרפות|להצטרף|רשמו אותי',
  },
}

/** The longest message that can be such a word, in characters as they were typed; anything longer is talk. */
export const OPT_WORD_CHARS_MAX = 60
const REPEATS_MAX = 5

const POLITE = 'please|pls|por favor|porfavor|s il vous plait|svp|bitte|tafadhali|कृपया|tolong|من فضلك|رجاء|בבקשה'
  .split('|')
  .map(normalise)

/**
 * One form for all spellings of the same words: lower case, without accents, vowel points, stretched letters, final letters,
 * punctuation and pictures, with single spaces.
 */
function normalise(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640\u093c]/gu, '')
    .replace(/\p{Cf}|\ufe0f/gu, '')
    .replace(/[\u0622\u0623\u0625\u0671]/g, '\u0627')
    .replace(/\u0649/g, '\u064a')
    .replace(/\u0629/g, '\u0647')
    .replace(/[ךםןףץ]/g, (letter) => 'כמנפצ'['ךםןףץ'.indexOf(letter)]!)
    .replace(/\u0901|\u0928\u094d(?=\u0926)/g, '\u0902')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim()
}

const KNOWN: ReadonlyMap<string, OptWord> = new Map(
  // The first language that has a word keeps it: "stop" is English everywhere.
  LANGUAGES.toReversed().flatMap((language) =>
    (['join', 'again', 'stop'] as const).flatMap((kind) =>
      WORDS[language][kind].split('|').map((word): [string, OptWord] => [normalise(word), { kind, language }]),
    ),
  ),
)

/**
 * Whether a message, as a whole, asks for no more messages, or for messages again. Words within a sentence are talk and
 * decide nothing; a word said up to five times, or with a "please", is still that word.
 *
 * @param text as the contact wrote it, or the title of the button that was tapped.
 */
export function readOptWord(text: string): OptWord | undefined {
  if (text.length > OPT_WORD_CHARS_MAX) return undefined
  let words = normalise(text)
  for (const polite of POLITE) {
    if (words.startsWith(`${polite} `)) words = words.slice(polite.length + 1)
    else if (words.endsWith(` ${polite}`)) words = words.slice(0, -polite.length - 1)
  }
  const known = KNOWN.get(words)
  if (known !== undefined) return known
  const [first = '', ...others] = words.split(' ')
  const repeated = others.length > 0 && others.length < REPEATS_MAX && others.every((word) => word === first)
  return repeated ? KNOWN.get(first) : undefined
}
