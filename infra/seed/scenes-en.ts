import { a, buttons, c, cc, f, fc, line, list, type Scene, tap } from './scene.ts'

const MENU = list(
  'Hi {name}! Welcome to Amani Coffee. How can we help you?',
  'See options',
  ['Products', 'What we sell and what it costs'],
  ['Opening hours', 'When and where to find us'],
  ['Talk to a person', 'Someone from our team'],
)

const menuTo = (title: string) => [c('Hi'), fc(MENU, { node: 'menu' }), tap(title, 'list')]

const LIVE: readonly Scene[] = [
  {
    key: 'late-beans',
    state: 'assigned',
    agent: 0,
    ageMin: 2,
    unread: 2,
    priority: 'urgent',
    contact: 0,
    flow: 'welcome',
    lines: [
      ...menuTo('Talk to a person'),
      f('I am calling a colleague. You will hear from us soon.', { node: 'calling' }),
      line('queued'),
      line('taken_over', { agent: 0, gapMin: 4 }),
      a('Hi {name}, this is Brian. What can I do for you?'),
      c('My subscription box should have come on Tuesday. Two kilos of Nyeri AA. Nothing yet.', { gapMin: 3 }),
      cc({
        kind: 'location',
        latitude: -1.2921,
        longitude: 36.7856,
        name: 'Yaya Centre',
        address: 'Argwings Kodhek Rd, Nairobi',
      }),
      c('This is where it should go'),
      a('Thank you. The rider has it on his bike, he was at the wrong gate. He is there in 20 minutes.', {
        react: '🙏',
      }),
      { by: 'agent', file: { kind: 'receipt', name: 'Receipt A1042.pdf' }, agent: 0 },
      c('Perfect', { gapMin: 6 }),
      c('Could you also make it every two weeks from now on?', { answers: 3 }),
    ],
  },
  {
    key: 'wholesale-ar',
    state: 'assigned',
    agent: 1,
    ageMin: 9,
    unread: 1,
    contact: 1,
    lines: [
      c('السلام عليكم، أريد عرض سعر لمئة كيلو من البن الكيني'),
      line('assigned', { agent: 1, gapMin: 5 }),
      a('وعليكم السلام {name}. أهلًا بك! هل تريد البن محمصًا أم أخضر؟'),
      c('محمص، درجة متوسطة، ومطحون للقهوة التركية', { gapMin: 4 }),
      {
        by: 'agent',
        agent: 1,
        file: { kind: 'receipt', name: 'Quote 2026-118.pdf' },
        caption: 'عرض السعر مع الشحن إلى القاهرة',
      },
      c('ممتاز. كم يستغرق الشحن؟', { gapMin: 12 }),
    ],
  },
  {
    key: 'cold-brew-sw',
    state: 'queued',
    ageMin: 6,
    unread: 3,
    contact: 5,
    lines: [
      c('Habari, mna kahawa ya baridi leo?'),
      f('Hi {name}! We have cold brew from 9:00. Shall I put one aside for you?', { node: 'products' }),
      tap('Talk to a person', 'list'),
      line('queued'),
      c('Nataka kuongea na mtu tafadhali', { gapMin: 2 }),
      { by: 'contact', file: { kind: 'voice', name: 'voice.mp3' } },
      c('Ni kwa ajili ya harusi, watu 80'),
    ],
  },
  {
    key: 'broken-cup',
    state: 'queued',
    ageMin: 14,
    unread: 2,
    priority: 'urgent',
    contact: 6,
    lines: [
      c('This is how my order arrived this morning 😞'),
      { by: 'contact', file: { kind: 'photo', name: 'broken.png', hue: 12 }, caption: 'Two of four cups' },
      line('queued'),
      c('I would like my money back, or new cups by Friday.', { gapMin: 3 }),
    ],
  },
  {
    key: 'flood',
    state: 'queued',
    ageMin: 22,
    unread: 4,
    contact: 2,
    lines: [
      c('hello'),
      c('hello?', { gapMin: 0 }),
      line('queued'),
      c('anybody', { gapMin: 0 }),
      c('are you there', { gapMin: 0 }),
      c('I only want to know the price of the blue mug', { gapMin: 0, held: true }),
      c('and whether it is in stock', { gapMin: 0, held: true }),
      c('please', { gapMin: 0, held: true }),
    ],
  },
  {
    key: 'catering-order',
    state: 'assigned',
    agent: 0,
    ageMin: 31,
    contact: 3,
    lines: [
      cc({
        kind: 'order',
        catalogId: '7421100',
        text: 'For the office, Thursday morning',
        items: [
          { productRetailerId: 'NYERI-AA-1KG', quantity: 4, itemPriceMinor: 240_000, currency: 'KES' },
          { productRetailerId: 'CUP-BLUE', quantity: 12, itemPriceMinor: 95_000, currency: 'KES' },
        ],
      }),
      line('assigned', { agent: 0, gapMin: 2 }),
      a('Got it, {name}: four kilos of Nyeri AA and twelve blue cups. KES 21,000 with delivery.'),
      c('Wonderful. Can I pay by M-Pesa on delivery?', { gapMin: 8 }),
      a('Of course. The till number is on the receipt.', { react: '👍' }),
      {
        by: 'agent',
        agent: 0,
        file: { kind: 'photo', name: 'cups.png', hue: 205 },
        caption: 'They are packed already',
      },
    ],
  },
]

const RESTING: readonly Scene[] = [
  {
    key: 'not-on-whatsapp',
    state: 'assigned',
    agent: 1,
    ageMin: 55,
    contact: 7,
    lines: [
      c('Naomba orodha ya bei za jumla'),
      line('assigned', { agent: 1 }),
      a('Karibu {name}! Hii hapa orodha ya bei.', {
        state: 'failed',
        failure: {
          code: 'provider_rejected',
          providerCode: 131_026,
          title: 'Message undeliverable',
          details: 'The phone cannot receive this message.',
        },
      }),
      a('Samahani, nimetuma tena kama maandishi: Nyeri AA KES 2,400 kwa kilo, Kiambu KES 2,150.', { gapMin: 4 }),
    ],
  },
  {
    key: 'reminder-unknown',
    state: 'assigned',
    agent: 0,
    ageMin: 75,
    lines: [
      c('Please remind me to renew before the end of the week'),
      line('assigned', { agent: 0 }),
      a('Will do, {name}.'),
      {
        by: 'agent',
        agent: 0,
        gapMin: 40,
        reminder: true,
        state: 'unknown',
        failure: { code: 'provider_outcome_unknown', title: 'The connection broke before an answer came' },
        content: {
          kind: 'text',
          text: 'Hi {name}, your subscription ends on Sunday. Shall I renew it for three months?',
        },
      },
    ],
  },
  {
    key: 'follow-up',
    state: 'snoozed',
    agent: 1,
    ageMin: 190,
    snoozeMin: 60 * 20,
    contact: 4,
    lines: [
      c('هل لديكم توصيل إلى مومباسا؟'),
      line('assigned', { agent: 1, gapMin: 3 }),
      a('نعم {name}، كل يوم خميس. هل نرسل لك رسالة عند الشحن القادم؟'),
      c('نعم من فضلك، شكرًا جزيلًا', { gapMin: 5, react: '❤️' }),
    ],
  },
  {
    key: 'grinder-advice',
    state: 'snoozed',
    agent: 2,
    ageMin: 260,
    snoozeMin: 60 * 44,
    lines: [
      c('Which grinder would you take for a moka pot?'),
      line('assigned', { agent: 2 }),
      a('Any with steel burrs. The one in our shop is back in stock on Friday, I will write to you then.'),
      c('Great, thank you 😊', { gapMin: 2 }),
    ],
  },
  {
    key: 'lead-office',
    state: 'bot',
    ageMin: 35,
    flow: 'lead',
    lines: [
      c('Do you supply offices?'),
      fc(buttons('We do! May I ask you three short questions?', 'Yes, please', 'No, thank you'), {
        node: 'start_questions',
      }),
      tap('Yes, please'),
      f('How many people drink coffee in your office?', { node: 'size' }),
      c('About 40', { gapMin: 2 }),
      f('And which e-mail address may we write to?', { node: 'email' }),
      c('office@ushindi.example', { gapMin: 1 }),
      f('Thank you, {name}. You will have an offer by tomorrow.', { node: 'thanks' }),
    ],
  },
  {
    key: 'hours-menu',
    state: 'bot',
    ageMin: 48,
    flow: 'welcome',
    lines: [
      ...menuTo('Opening hours'),
      f('We are open every day from 6:30 to 21:00, on Moi Avenue and in Westlands.', { node: 'opening' }),
      fc(buttons('Can I help you with anything else?', 'Yes, please', 'No, thank you'), { node: 'more' }),
      tap('No, thank you'),
      f('Thank you for writing to us. Have a good day!', { node: 'bye' }),
    ],
  },
  {
    key: 'track-order',
    state: 'bot',
    ageMin: 63,
    flow: 'order',
    lines: [
      c('Where is my order?'),
      f('Which order is it? Please send me the order number.', { node: 'number' }),
      c('A1038', { gapMin: 1 }),
      f('Order A1038 is on its way with Sendy. Expected: today, 16:00.', { node: 'shipped' }),
      fc(
        { kind: 'link_button', text: 'Follow it here:', label: 'Track parcel', url: 'https://example.com/track/A1038' },
        { node: 'follow' },
      ),
    ],
  },
]

/** Short talks that are over; each is played by several contacts. */
const CLOSED: readonly Scene[] = [
  {
    key: 'price',
    state: 'closed',
    ageMin: 60 * 5,
    agent: 0,
    closeReason: 'resolved',
    lines: [
      c('How much is a kilo of Kiambu?'),
      line('assigned', { agent: 0 }),
      a('KES 2,150, {name}. 10 % less from five kilos.'),
      c('Thanks, I will come by', { gapMin: 2, react: '👍' }),
      line('closed', { params: { reason: 'resolved' }, agent: 0 }),
    ],
  },
  {
    key: 'welcome-closed',
    state: 'closed',
    ageMin: 60 * 20,
    flow: 'welcome',
    closeReason: 'idle',
    lines: [
      ...menuTo('Products'),
      f('You find everything we sell, with prices, in our catalogue here in the chat.', { node: 'products' }),
      line('closed', { params: { reason: 'idle' }, gapMin: 60 * 12 }),
    ],
  },
  {
    key: 'order-closed',
    state: 'closed',
    ageMin: 60 * 9,
    flow: 'order',
    closeReason: 'resolved',
    lines: [
      c('tracking'),
      f('Which order is it? Please send me the order number.', { node: 'number' }),
      c('A0991'),
      f('Order A0991 was delivered on Monday. Enjoy!', { node: 'delivered' }),
      c('Yes, it is here. Asante sana!', { react: '❤️' }),
      line('closed', { params: { reason: 'resolved' } }),
    ],
  },
  {
    key: 'refund',
    state: 'closed',
    ageMin: 60 * 30,
    agent: 2,
    closeReason: 'resolved',
    tags: ['Complaint'],
    lines: [
      c('The bag was open when it arrived'),
      { by: 'contact', file: { kind: 'photo', name: 'bag.png', hue: 32 } },
      line('assigned', { agent: 2 }),
      a('I am sorry, {name}. A new one leaves today, free of charge.'),
      c('That was quick, thank you!', { gapMin: 3 }),
      line('closed', { params: { reason: 'resolved' }, agent: 2 }),
    ],
  },
]

/** The same short talk at several ages, for a list as long as a real one. */
const repeated = (scene: Scene, times: number): Scene[] =>
  Array.from({ length: times }, (_, n) => ({ ...scene, key: `${scene.key}-${n}`, ageMin: scene.ageMin + n * 60 * 17 }))

export const SCENES_EN: readonly Scene[] = [...LIVE, ...RESTING, ...CLOSED.flatMap((scene) => repeated(scene, 11))]
