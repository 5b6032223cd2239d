/**
 * Passwords of ten letters and more that stand high in every published list of stolen ones, without the decoration that
 * people add to them: digits and signs at the end, digits for letters.
 */
const COMMON = new Set(
  `password passwordpassword passwort mypassword thepassword newpassword changeme changemenow letmein letmeinnow welcome
  welcomehome welcometo administrator adminadmin administrador qwertyuiop qwertyqwerty qwertyuiopasdf asdfghjkl
  asdfghjklqwerty zxcvbnm zxcvbnmasd qazwsxedc qazwsxedcrfv qweasdzxc abcdefghij abcdefghijk abcabcabc abcdabcd
  iloveyou iloveyouso iloveyousomuch ilovemyself ilovegod jesuschrist godisgood superman batman spiderman starwars
  pokemon dragonball football basketball baseball volleyball liverpool manchester barcelona realmadrid chelseafc
  princess sunshine butterfly chocolate strawberry blackberry watermelon pineapple cheesecake
  michael michelle jennifer elizabeth alexander alexandra christopher christian jonathan nicholas
  computer internet microsoft windows whatsapp facebook instagram google samsung nintendo playstation minecraft
  trustno trustnoone whatever whateverit nothing secret supersecret topsecret mysecret default testtest testing
  testingtest helloworld hellohello hello helloagain goodmorning monkeymonkey monkey dragon shadow master masterkey
  unknown anonymous matrix hunter hunterhunter killer freedom forever forevermore lovelove lovemelove babygirl
  holdfast correcthorsebatterystaple thisismypassword donttellanyone openthedoor opensesame summer winter spring autumn
  january february september october november december monday tuesday wednesday thursday saturday sunday
  contraseña micontraseña motdepasse passer senha minhasenha parola haslo geheim geheimnis schatz`.split(/\s+/),
)

const ROWS = [
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  '01234567890123456789',
  '98765432109876543210',
]
const LEET: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'l',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}
const PERSONAL_LETTERS_MIN = 4

export type PasswordFault = 'password_common' | 'password_personal'

const lettersOf = (text: string): string =>
  [...text]
    .map((sign) => LEET[sign] ?? sign)
    .join('')
    .replace(/[^\p{L}\p{N}]/gu, '')

/** Runs along the keyboard or the alphabet, or says one short thing again and again. */
function isMonotone(text: string): boolean {
  if (ROWS.some((row) => row.includes(text) || [...row].reverse().join('').includes(text))) return true
  return /^(.{1,4})\1+.{0,3}$/u.test(text)
}

/**
 * What is wrong with a password beyond its length: it is one that thieves try first, or little more than the person's
 * own name or address. Undefined when nothing is.
 *
 * @param own names and addresses of the person, as far as they are known.
 */
export function passwordFault(password: string, own: readonly string[] = []): PasswordFault | undefined {
  const plain = password.toLowerCase().trim()
  const bare = plain.replace(/[^\p{L}]+$/u, '').replace(/^[^\p{L}]+/u, '')
  const asLetters = lettersOf(bare)
  if (isMonotone(plain) || COMMON.has(bare) || COMMON.has(asLetters)) return 'password_common'
  if (bare === '' && /^[\d\s./-]+$/.test(plain)) return 'password_common'
  const words = own.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
  const rest = words
    .filter((word) => word.length >= PERSONAL_LETTERS_MIN)
    .reduce((left, word) => left.replaceAll(word, ''), plain)
  // What remains beside the name must be worth something by itself.
  return rest.length < plain.length && lettersOf(rest).length < 6 ? 'password_personal' : undefined
}
