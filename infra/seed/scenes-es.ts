import { a, buttons, c, cc, f, fc, line, list, type Scene, tap } from './scene.ts'

const MENU = list(
  '¡Hola {name}! Te damos la bienvenida a Librería Luz. ¿Cómo te ayudamos?',
  'Ver opciones',
  ['Productos', 'Qué vendemos y a qué precio'],
  ['Horario', 'Cuándo y dónde encontrarnos'],
  ['Hablar con alguien', 'Una persona del equipo'],
)
const menuTo = (title: string) => [c('Hola'), fc(MENU, { node: 'menu' }), tap(title, 'list')]

const OPEN: readonly Scene[] = [
  {
    key: 'rulfo',
    state: 'assigned',
    agent: 1,
    ageMin: 3,
    unread: 1,
    contact: 0,
    flow: 'welcome',
    lines: [
      ...menuTo('Hablar con alguien'),
      f('Aviso a un compañero. Pronto tendrás noticias nuestras.', { node: 'calling' }),
      line('queued'),
      line('taken_over', { agent: 1, gapMin: 3 }),
      a('¡Hola {name}! Soy Mateo. ¿Qué libro buscas?', { agent: 1 }),
      c('«Pedro Páramo», la edición ilustrada. ¿La tienen?', { gapMin: 2 }),
      {
        by: 'agent',
        agent: 1,
        file: { kind: 'photo', name: 'portada.png', hue: 45 },
        caption: 'Sí, nos quedan dos. $389 cada una.',
      },
      c('¡Qué belleza! Aparta las dos, por favor', { gapMin: 4, react: '❤️' }),
    ],
  },
  {
    key: 'club',
    state: 'queued',
    ageMin: 11,
    unread: 2,
    contact: 1,
    lines: [
      c('¿Cuándo es la próxima reunión del club de lectura?'),
      line('queued'),
      c('¿Y puedo llevar a una amiga?', { gapMin: 5 }),
    ],
  },
  {
    key: 'school',
    state: 'assigned',
    agent: 0,
    ageMin: 27,
    priority: 'urgent',
    contact: 2,
    lines: [
      cc({
        kind: 'order',
        catalogId: '7421200',
        text: 'Lista del segundo grado',
        items: [
          { productRetailerId: 'LECTURAS-2', quantity: 60, itemPriceMinor: 14_900, currency: 'MXN' },
          { productRetailerId: 'CUADERNO-A4', quantity: 120, itemPriceMinor: 3_900, currency: 'MXN' },
        ],
      }),
      line('assigned', { agent: 0, gapMin: 4 }),
      a('Recibido. Preparo la cotización con el descuento para escuelas.', { agent: 0 }),
      { by: 'agent', agent: 0, file: { kind: 'receipt', name: 'Cotizacion 2026-77.pdf' } },
      cc({
        kind: 'location',
        latitude: 19.3907,
        longitude: -99.1687,
        name: 'Colegio Las Américas',
        address: 'Narvarte, CDMX',
      }),
    ],
  },
  {
    key: 'wrong-book',
    state: 'queued',
    ageMin: 41,
    unread: 1,
    priority: 'urgent',
    contact: 3,
    lines: [
      c('Me llegó otro libro, no el que pedí'),
      { by: 'contact', file: { kind: 'photo', name: 'libro.png', hue: 280 } },
      line('queued'),
      f('Lamentamos el error, {name}. Una persona del equipo te atiende enseguida.', { node: 'calling' }),
      c('Lo necesito para el sábado', { gapMin: 9 }),
    ],
  },
  {
    key: 'gift',
    state: 'snoozed',
    agent: 2,
    ageMin: 150,
    snoozeMin: 60 * 18,
    lines: [
      c('¿Envuelven para regalo?'),
      line('assigned', { agent: 2 }),
      a('Claro, sin costo. ¿Para qué día lo quieres?', { agent: 2 }),
      c('Para el viernes, te confirmo mañana', { gapMin: 3 }),
    ],
  },
  {
    key: 'failed-template',
    state: 'assigned',
    agent: 1,
    ageMin: 95,
    lines: [
      c('¿Ya llegó mi pedido?'),
      line('assigned', { agent: 1 }),
      {
        by: 'agent',
        agent: 1,
        state: 'failed',
        failure: { code: 'provider_throttled', providerCode: 130_429, title: 'Rate limit hit' },
        content: { kind: 'text', text: 'Sí, {name}, puedes pasar por él hoy mismo.' },
      },
      a('Sí, {name}, te espera en el mostrador.', { agent: 1, gapMin: 2, possibleDuplicate: true }),
    ],
  },
  {
    key: 'horario',
    state: 'bot',
    ageMin: 52,
    flow: 'welcome',
    lines: [
      ...menuTo('Horario'),
      f('Abrimos de lunes a sábado de 10:00 a 20:00 y los domingos de 11:00 a 17:00.', { node: 'opening' }),
      fc(buttons('¿Te ayudo con algo más?', 'Sí, por favor', 'No, gracias'), { node: 'more' }),
      tap('No, gracias'),
      f('Gracias por escribirnos. ¡Que tengas un buen día!', { node: 'bye' }),
    ],
  },
]

const CLOSED: readonly Scene[] = [
  {
    key: 'pedido',
    state: 'closed',
    ageMin: 60 * 7,
    flow: 'order',
    closeReason: 'resolved',
    lines: [
      c('¿Dónde está mi pedido?'),
      f('¿De qué pedido se trata? Envíame el número; está en tu confirmación.', { node: 'number' }),
      c('L2040'),
      f('El pedido L2040 se entregó el lunes. ¡Que lo disfrutes!', { node: 'delivered' }),
      line('closed', { params: { reason: 'resolved' } }),
    ],
  },
  {
    key: 'recomendacion',
    state: 'closed',
    ageMin: 60 * 15,
    agent: 3,
    closeReason: 'resolved',
    lines: [
      c('¿Qué me recomiendan de poesía?'),
      line('assigned', { agent: 3 }),
      a('Empieza por Rosario Castellanos, {name}. «Poesía no eres tú» está en la mesa de novedades.', { agent: 3 }),
      c('¡Gracias! Paso mañana', { react: '🙏' }),
      line('closed', { params: { reason: 'resolved' }, agent: 3 }),
    ],
  },
]

export const SCENES_ES: readonly Scene[] = [
  ...OPEN,
  ...CLOSED.flatMap((scene) =>
    Array.from({ length: 9 }, (_, n) => ({ ...scene, key: `${scene.key}-${n}`, ageMin: scene.ageMin + n * 60 * 19 })),
  ),
]
