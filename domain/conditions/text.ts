// Marks of Latin, Greek, Cyrillic, Hebrew and Arabic. In Indic scripts and Thai, marks are vowels and stay.
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u06d6-\u06ed]/gu
const NOT_WORDS = /[^\p{L}\p{N}]+/gu

/**
 * Text for comparing what people type: compatibility forms, case and diacritics folded, the Arabic tatweel dropped,
 * white space single. Works in any script; `Café`, `CAFE` and `café` become the same.
 */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(MARKS, '')
    .replaceAll('\u0640', '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFC')
}

/** Folded text as words, for matching whole words: punctuation and emoji separate. */
export function foldWords(text: string): string[] {
  return foldText(text).replace(NOT_WORDS, ' ').trim().split(' ').filter(Boolean)
}

const ZEROES = [
  0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
]

/** Digits of any living script as ASCII digits: `٤٢` becomes `42`. */
export function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0
    const zero = ZEROES.find((start) => code >= start && code <= start + 9)
    return zero === undefined ? digit : String(code - zero)
  })
}
