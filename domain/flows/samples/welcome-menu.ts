import type { FlowDefinition } from '../schema.ts'
import { edge, place, type Sample } from './drawing.ts'

const TEXTS = {
  en: {
    welcome: 'Hi {{contact.first_name | there}}! Welcome to {{business.name | our shop}}. How can we help you?',
    closed: 'We are closed right now, but I can already help you with most things.',
    again: 'Please choose one of the options, or write "agent" to talk to a person.',
    open: 'See options',
    products: 'Products',
    productsHint: 'What we sell and what it costs',
    hours: 'Opening hours',
    hoursHint: 'When and where to find us',
    person: 'Talk to a person',
    personHint: 'Someone from our team',
    productsText:
      'You find everything we sell, with prices, in our catalogue here in the chat. Tap our name, then Catalogue.',
    hoursText: 'We are open Monday to Friday from 9:00 to 18:00 and on Saturday from 10:00 to 14:00.',
    more: 'Can I help you with anything else?',
    yes: 'Yes, please',
    no: 'No, thank you',
    bye: 'Thank you for writing to us. Have a good day!',
    asleep: 'I will leave it here for now. Write to us whenever you like.',
    person1: 'I am calling a colleague. You will hear from us soon.',
    note: 'Asked for a person in the welcome menu.',
    words: ['agent', 'human', 'person'],
  },
  es: {
    welcome:
      '¡Hola {{contact.first_name | }}! Te damos la bienvenida a {{business.name | nuestra tienda}}. ¿Cómo te ayudamos?',
    closed: 'Ahora mismo está cerrado, pero ya puedo ayudarte con casi todo.',
    again: 'Elige una de las opciones, o escribe «asesor» para hablar con una persona.',
    open: 'Ver opciones',
    products: 'Productos',
    productsHint: 'Qué vendemos y a qué precio',
    hours: 'Horario',
    hoursHint: 'Cuándo y dónde encontrarnos',
    person: 'Hablar con alguien',
    personHint: 'Una persona del equipo',
    productsText:
      'En nuestro catálogo, aquí en el chat, está todo lo que vendemos con sus precios. Toca nuestro nombre y luego Catálogo.',
    hoursText: 'Abrimos de lunes a viernes de 9:00 a 18:00 y los sábados de 10:00 a 14:00.',
    more: '¿Te ayudo con algo más?',
    yes: 'Sí, por favor',
    no: 'No, gracias',
    bye: 'Gracias por escribirnos. ¡Que tengas un buen día!',
    asleep: 'Lo dejo aquí por ahora. Escríbenos cuando quieras.',
    person1: 'Aviso a un compañero. Pronto tendrás noticias nuestras.',
    note: 'Pidió hablar con una persona en el menú de bienvenida.',
    words: ['asesor', 'agente', 'humano', 'persona'],
  },
  ar: {
    welcome: 'مرحبًا {{contact.first_name | بك}}! أهلًا بك في {{business.name | متجرنا}}. كيف يمكننا مساعدتك؟',
    closed: 'نحن مغلقون الآن، لكن يمكنني مساعدتك في معظم الأمور.',
    again: 'اختر أحد الخيارات، أو اكتب "موظف" للتحدث مع شخص.',
    open: 'عرض الخيارات',
    products: 'المنتجات',
    productsHint: 'ما نبيعه وأسعاره',
    hours: 'ساعات العمل',
    hoursHint: 'متى وأين تجدنا',
    person: 'التحدث مع موظف',
    personHint: 'شخص من فريقنا',
    productsText: 'تجد كل ما نبيعه مع الأسعار في الكتالوج هنا في المحادثة. اضغط على اسمنا ثم على الكتالوج.',
    hoursText: 'نعمل من الاثنين إلى الجمعة من 9:00 إلى 18:00 ويوم السبت من 10:00 إلى 14:00.',
    more: 'هل أساعدك في شيء آخر؟',
    yes: 'نعم، من فضلك',
    no: 'لا، شكرًا',
    bye: 'شكرًا لمراسلتنا. نتمنى لك يومًا سعيدًا!',
    asleep: 'سأتوقف هنا الآن. راسلنا متى شئت.',
    person1: 'سأطلب من زميل التحدث معك. سنرد عليك قريبًا.',
    note: 'طلب التحدث مع شخص من قائمة الترحيب.',
    words: ['موظف', 'شخص', 'إنسان'],
  },
}
type Texts = (typeof TEXTS)['en']

function definition(t: Texts): FlowDefinition {
  const row = (id: string, title: string, description: string) => ({ id, title, description })
  return {
    schemaVersion: 1,
    triggers: [{ kind: 'any_message' }],
    variables: [{ name: 'topic', type: 'text' }],
    settings: { handOverWords: t.words },
    nodes: [
      place({ id: 'start', type: 'start', config: {} }, 0, 1),
      place({ id: 'hours_now', type: 'business_hours', config: {} }, 1, 1),
      place({ id: 'closed', type: 'send_text', config: { text: t.closed } }, 2, 2),
      place(
        {
          id: 'menu',
          type: 'send_list',
          config: {
            text: t.welcome,
            retryText: t.again,
            retriesMax: 2,
            timeout: { value: 12, unit: 'hours' },
            variable: 'topic',
            button: t.open,
            sections: [
              {
                rows: [
                  row('products', t.products, t.productsHint),
                  row('hours', t.hours, t.hoursHint),
                  row('person', t.person, t.personHint),
                ],
              },
            ],
          },
        },
        3,
        1,
      ),
      place({ id: 'products', type: 'send_text', config: { text: t.productsText } }, 4, 0),
      place({ id: 'opening', type: 'send_text', config: { text: t.hoursText } }, 4, 1),
      place(
        {
          id: 'more',
          type: 'send_buttons',
          config: {
            text: t.more,
            retriesMax: 1,
            timeout: { value: 1, unit: 'hours' },
            buttons: [
              { id: 'yes', title: t.yes },
              { id: 'no', title: t.no },
            ],
          },
        },
        5,
        0.5,
      ),
      place({ id: 'again', type: 'jump', config: { nodeId: 'menu' } }, 6, 0),
      place({ id: 'bye', type: 'send_text', config: { text: t.bye } }, 6, 1),
      place({ id: 'end', type: 'end', config: { outcome: 'completed' } }, 7, 1),
      place({ id: 'calling', type: 'send_text', config: { text: t.person1 } }, 4, 2),
      place({ id: 'people', type: 'hand_over', config: { priority: 'normal', note: t.note } }, 5, 2),
      place({ id: 'asleep', type: 'send_text', config: { text: t.asleep } }, 4, 3),
      place({ id: 'stopped', type: 'end', config: { outcome: 'stopped' } }, 5, 3),
    ],
    edges: [
      edge('start', 'hours_now'),
      edge('hours_now.open', 'menu'),
      edge('hours_now.closed', 'closed'),
      edge('closed', 'menu'),
      edge('menu.products', 'products'),
      edge('menu.hours', 'opening'),
      edge('menu.person', 'calling'),
      edge('menu.invalid', 'calling'),
      edge('menu.timeout', 'asleep'),
      edge('products', 'more'),
      edge('opening', 'more'),
      edge('more.yes', 'again'),
      edge('more.no', 'bye'),
      edge('more.timeout', 'end'),
      edge('bye', 'end'),
      edge('calling', 'people'),
      edge('asleep', 'stopped'),
    ],
  }
}

/** Greets, knows whether the business is open, offers a menu, and calls people. */
export const WELCOME_MENU: Sample = {
  id: 'welcome-menu',
  icon: 'hand',
  name: { en: 'Welcome menu', es: 'Menú de bienvenida', ar: 'قائمة الترحيب' },
  description: {
    en: 'Greets whoever writes and leads to products, opening hours or a person.',
    es: 'Saluda a quien escribe y lleva a productos, horario o una persona.',
    ar: 'يرحب بمن يراسلك ويوجهه إلى المنتجات أو ساعات العمل أو موظف.',
  },
  definition: { en: definition(TEXTS.en), es: definition(TEXTS.es), ar: definition(TEXTS.ar) },
}
