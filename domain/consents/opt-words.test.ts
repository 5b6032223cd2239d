import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGES, type Language } from '../languages.ts'
import { confirmationLanguage, confirmationText } from './confirmations.ts'
import { readOptWord } from './opt-words.ts'

/** As people really type it: shouted, stretched, pointed, with marks and pictures around it. */
const STOPS: Record<Language, string[]> = {
  en: ['STOP', 'Stop.', ' stop!! ', 'Ｓｔｏｐ', 'stop 🛑', 'STOP STOP STOP', 'Opt-out', 'please stop', 'Unsubscribe'],
  es: [
    'BAJA',
    'Darme de baja',
    'no mas mensajes',
    'No más mensajes.',
    '¡Alto!',
    'Cancelar suscripcion',
    'baja por favor',
  ],
  pt: ['Parar', 'PARE!', 'nao quero mais mensagens', 'Não quero mais mensagens', 'Cancelar inscrição', 'descadastrar'],
  fr: ['ARRÊT', 'arret', 'Arrêtez !', 'Désabonner', 'desabonnement', 'Me désinscrire', 'Plus de messages'],
  de: ['STOPP', 'Abmelden', 'bitte abmelden', 'Keine Werbung mehr!', 'abbestellen bitte'],
  sw: ['ACHA', 'Acha ujumbe', 'Niondoe', 'tafadhali acha', 'sitaki ujumbe'],
  hi: ['बंद', 'बंद करो', 'बन्द करें', 'बंद करें।', 'बँद करो', 'कृपया बंद करें', 'Band karo', 'रोकें', 'स्टॉप'],
  id: ['BERHENTI', 'unreg', 'Berhenti berlangganan.', 'Tolong hentikan', 'hentikan pesan'],
  ar: ['إيقاف', 'ايقاف', 'إِيقَاف', 'إيـــقاف', 'أوقف الرسائل', 'الغاء الاشتراك', 'إلغاء الإشتراك؟', 'توقف من فضلك'],
  he: ['הסר', 'הָסֵר', 'הסירו אותי!', 'להסיר', 'ביטול הרשמה', 'הסר בבקשה', 'לא רוצה הודעות'],
}
const AGAIN: Record<Language, string[]> = {
  en: ['START', 'unstop'],
  es: ['Reanudar'],
  pt: ['VOLTAR'],
  fr: ['Reprendre', 'démarrer'],
  de: ['Fortsetzen'],
  sw: ['anza', 'ANZA TENA'],
  hi: ['शुरू', 'शुरू करें', 'shuru karo'],
  id: ['Mulai'],
  ar: ['ابدأ', 'إبدأ', 'أبدأ'],
  he: ['התחל', 'הַתְחֵל'],
}

for (const language of LANGUAGES) {
  test(`[CAMP-33] words that end messages are understood in ${language}, however they are typed`, () => {
    for (const text of STOPS[language]) {
      assert.deepEqual(readOptWord(text), { kind: 'stop', language }, text)
    }
  })

  test(`[CAMP-33] words that take it back are understood in ${language}`, () => {
    for (const text of AGAIN[language]) assert.deepEqual(readOptWord(text), { kind: 'again', language }, text)
  })

  test(`[CAMP-33] the confirmation in ${language} names a word that works, and who writes`, () => {
    const stopped = confirmationText(language, 'stopped', 'Jua & $1')
    assert.match(stopped, /Jua & \$1/)
    const again = confirmationText(language, 'again', 'Jua')
    const last = (text: string) => text.replace(/[.!]$/, '').split(' ').at(-1)!
    assert.equal(readOptWord(last(stopped))?.kind, 'again', stopped)
    assert.equal(readOptWord(last(again))?.kind, 'stop', again)
  })
}

test('[CAMP-33] words of consent inside a sentence decide nothing', () => {
  for (const text of [
    'Can you stop by the shop?',
    'does the bus stop here',
    "Don't stop",
    'Die Haltestelle, bitte',
    'quiero cancelar mi pedido',
    'cancel',
    'no',
    'end',
    'Por favor, no pares',
    'parar no centro',
    'मेरी दुकान बंद है',
    'متى تغلقون الباب قف هنا',
    'stop '.repeat(30),
    '',
    '🛑',
    '.',
  ]) {
    assert.equal(readOptWord(text), undefined, text)
  }
})

test('[CAMP-33] "start" gives back what was taken, and only plain words ask for more', () => {
  assert.equal(readOptWord('start')?.kind, 'again')
  assert.equal(readOptWord('Subscribe')?.kind, 'join')
  assert.equal(readOptWord('ALTA')?.kind, 'join')
})

test('[CAMP-33] a confirmation is in the language of the contact, else of the word, else of the tenant', () => {
  const language = (contactLocale: string | null, wordLanguage: Language, tenantLocale: string) =>
    confirmationLanguage({ contactLocale, wordLanguage, tenantLocale })
  assert.equal(language('pt-BR', 'en', 'de'), 'pt')
  assert.equal(language('pt_BR', 'es', 'de'), 'pt')
  assert.equal(language(null, 'sw', 'de'), 'sw')
  assert.equal(language(null, 'en', 'de-AT'), 'de')
  assert.equal(language('nl', 'en', 'nl'), 'en')
})
