import type { FlowDefinition } from '../schema.ts'
import { edge, place, type Sample } from './drawing.ts'

const TEXTS = {
  en: {
    keywords: ['order', 'where is my order', 'tracking', 'delivery'],
    ask: 'Which order is it? Please send me the order number. You find it in your confirmation.',
    again: 'That does not look like an order number. It has 4 to 20 letters and digits, for example A1042.',
    delivered: 'Order {{vars.order_number}} was delivered on {{vars.delivered_on | its day}}. Enjoy!',
    shipped:
      'Order {{vars.order_number}} is on its way with {{vars.carrier | our carrier}}. Expected: {{vars.expected_on | soon}}.',
    preparing: 'Order {{vars.order_number}} is being prepared. We will write to you as soon as it leaves.',
    follow: 'Follow it here:',
    label: 'Track parcel',
    failed: 'I cannot look it up right now. A colleague will check it and write to you.',
    note: 'Could not look up order {{vars.order_number | (none given)}}.',
    words: ['agent', 'human'],
  },
  es: {
    keywords: ['pedido', 'donde esta mi pedido', 'envio', 'seguimiento'],
    ask: '¿De qué pedido se trata? Envíame el número; está en tu confirmación.',
    again: 'Eso no parece un número de pedido. Tiene de 4 a 20 letras y cifras, por ejemplo A1042.',
    delivered: 'El pedido {{vars.order_number}} se entregó el {{vars.delivered_on | día previsto}}. ¡Que lo disfrutes!',
    shipped:
      'El pedido {{vars.order_number}} va en camino con {{vars.carrier | el transportista}}. Llegada prevista: {{vars.expected_on | pronto}}.',
    preparing: 'Estamos preparando el pedido {{vars.order_number}}. Te escribimos en cuanto salga.',
    follow: 'Síguelo aquí:',
    label: 'Seguir paquete',
    failed: 'Ahora no puedo consultarlo. Un compañero lo revisará y te escribirá.',
    note: 'No se pudo consultar el pedido {{vars.order_number | (sin número)}}.',
    words: ['asesor', 'humano'],
  },
  ar: {
    keywords: ['طلب', 'أين طلبي', 'طلبي', 'توصيل'],
    ask: 'ما هو رقم الطلب؟ تجده في رسالة التأكيد.',
    again: 'لا يبدو هذا رقم طلب. يتكون من 4 إلى 20 حرفًا ورقمًا، مثل A1042.',
    delivered: 'تم تسليم الطلب {{vars.order_number}} بتاريخ {{vars.delivered_on | موعده}}. نتمنى أن ينال إعجابك!',
    shipped:
      'الطلب {{vars.order_number}} في الطريق مع {{vars.carrier | شركة الشحن}}. الوصول المتوقع: {{vars.expected_on | قريبًا}}.',
    preparing: 'نجهز الطلب {{vars.order_number}} الآن. سنراسلك فور خروجه.',
    follow: 'تتبعه من هنا:',
    label: 'تتبع الشحنة',
    failed: 'لا أستطيع الاطلاع عليه الآن. سيراجعه زميل ويراسلك.',
    note: 'تعذر الاطلاع على الطلب {{vars.order_number | (بلا رقم)}}.',
    words: ['موظف', 'إنسان'],
  },
}
type Texts = (typeof TEXTS)['en']

function definition(t: Texts): FlowDefinition {
  return {
    schemaVersion: 1,
    triggers: [{ kind: 'keyword', keywords: t.keywords, match: 'any' }],
    variables: [{ name: 'order_number', type: 'text' }],
    settings: { handOverWords: t.words },
    nodes: [
      place({ id: 'start', type: 'start', config: {} }, 0, 1),
      place(
        {
          id: 'number',
          type: 'ask_text',
          config: {
            text: t.ask,
            retryText: t.again,
            retriesMax: 2,
            timeout: { value: 6, unit: 'hours' },
            variable: 'order_number',
            charsMin: 4,
            charsMax: 20,
          },
        },
        1,
        1,
      ),
      place(
        {
          id: 'look_up',
          type: 'rest_request',
          config: {
            method: 'GET',
            url: 'https://shop.example.com/api/orders/{{vars.order_number}}',
            headers: [{ name: 'accept', value: 'application/json' }],
            body: { kind: 'none' },
            timeoutSeconds: 10,
            saves: [
              { variable: 'status', path: 'status' },
              { variable: 'carrier', path: 'carrier.name' },
              { variable: 'tracking', path: 'carrier.trackingNumber' },
              { variable: 'expected_on', path: 'expectedOn' },
              { variable: 'delivered_on', path: 'deliveredOn' },
            ],
          },
        },
        2,
        1,
      ),
      place(
        {
          id: 'which',
          type: 'condition',
          config: {
            branches: [
              { id: 'delivered', label: 'delivered', when: { '==': [{ var: 'vars.status' }, 'delivered'] } },
              { id: 'shipped', label: 'shipped', when: { in: [{ var: 'vars.status' }, ['shipped', 'in_transit']] } },
            ],
          },
        },
        3,
        1,
      ),
      place({ id: 'delivered', type: 'send_text', config: { text: t.delivered } }, 4, 0),
      place({ id: 'shipped', type: 'send_text', config: { text: t.shipped } }, 4, 1),
      place(
        {
          id: 'track',
          type: 'send_link_button',
          config: { text: t.follow, label: t.label, url: 'https://shop.example.com/track?number={{vars.tracking}}' },
        },
        5,
        1,
      ),
      place({ id: 'preparing', type: 'send_text', config: { text: t.preparing } }, 4, 2),
      place({ id: 'end', type: 'end', config: { outcome: 'completed' } }, 6, 1),
      place({ id: 'sorry', type: 'send_text', config: { text: t.failed } }, 3, 3),
      place({ id: 'people', type: 'hand_over', config: { priority: 'high', note: t.note } }, 4, 3),
    ],
    edges: [
      edge('start', 'number'),
      edge('number', 'look_up'),
      edge('number.invalid', 'sorry'),
      edge('look_up.success', 'which'),
      edge('look_up.failure', 'sorry'),
      edge('which.delivered', 'delivered'),
      edge('which.shipped', 'shipped'),
      edge('which.else', 'preparing'),
      edge('delivered', 'end'),
      edge('shipped', 'track'),
      edge('track', 'end'),
      edge('preparing', 'end'),
      edge('sorry', 'people'),
    ],
  }
}

/** Asks for an order number, looks it up over REST and tells how it stands. */
export const ORDER_STATUS: Sample = {
  id: 'order-status',
  icon: 'package-search',
  name: { en: 'Order status', es: 'Estado del pedido', ar: 'حالة الطلب' },
  description: {
    en: 'Looks an order up in your shop and tells where it is.',
    es: 'Consulta un pedido en tu tienda y dice dónde está.',
    ar: 'يبحث عن الطلب في متجرك ويخبر العميل بمكانه.',
  },
  definition: { en: definition(TEXTS.en), es: definition(TEXTS.es), ar: definition(TEXTS.ar) },
}
