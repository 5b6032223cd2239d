import type { FlowDefinition } from '../schema.ts'
import { edge, place, type Sample } from './drawing.ts'

const TEXTS = {
  en: {
    keywords: ['quote', 'price', 'offer', 'demo'],
    intro: 'Great that you ask! A few short questions, then we make you an offer.',
    name: 'What is your name?',
    email: 'And your e-mail address, {{vars.name}}?',
    emailAgain: 'That does not look like an e-mail address. Please write it like ana@example.com.',
    interest: 'What are you interested in?',
    open: 'Choose',
    options: ['For my business', 'For my home', 'As a present'],
    budget: 'What would you like to spend, roughly? A number is enough.',
    budgetAgain: 'Please write a number, for example 500.',
    thanks: 'Thank you, {{vars.name}}! We will send our offer to {{vars.email}}.',
    soon: 'Thank you, {{vars.name}}! A colleague will write to you right away.',
    follow: 'Hello {{vars.name}}, did our offer reach you? Just answer here if you have a question.',
    note: 'Lead: {{vars.interest}}, budget {{vars.budget}}.',
    words: ['agent', 'human'],
  },
  es: {
    keywords: ['presupuesto', 'precio', 'oferta', 'cotizacion'],
    intro: '¡Qué bien que preguntes! Unas preguntas cortas y te hacemos una oferta.',
    name: '¿Cómo te llamas?',
    email: '¿Y tu correo, {{vars.name}}?',
    emailAgain: 'Eso no parece un correo. Escríbelo así: ana@example.com.',
    interest: '¿Qué te interesa?',
    open: 'Elegir',
    options: ['Para mi negocio', 'Para mi casa', 'Para regalar'],
    budget: '¿Cuánto te gustaría gastar, más o menos? Basta un número.',
    budgetAgain: 'Escribe un número, por ejemplo 500.',
    thanks: '¡Gracias, {{vars.name}}! Enviaremos la oferta a {{vars.email}}.',
    soon: '¡Gracias, {{vars.name}}! Un compañero te escribe enseguida.',
    follow: 'Hola {{vars.name}}, ¿te llegó nuestra oferta? Responde aquí si tienes dudas.',
    note: 'Interesado: {{vars.interest}}, presupuesto {{vars.budget}}.',
    words: ['asesor', 'humano'],
  },
  ar: {
    keywords: ['عرض', 'سعر', 'أسعار', 'تجربة'],
    intro: 'يسعدنا سؤالك! بضعة أسئلة قصيرة ثم نقدم لك عرضًا.',
    name: 'ما اسمك؟',
    email: 'وما بريدك الإلكتروني يا {{vars.name}}؟',
    emailAgain: 'لا يبدو هذا بريدًا إلكترونيًا. اكتبه هكذا: ana@example.com.',
    interest: 'بماذا تهتم؟',
    open: 'اختر',
    options: ['لعملي', 'لمنزلي', 'هدية'],
    budget: 'كم تود أن تنفق تقريبًا؟ يكفي رقم.',
    budgetAgain: 'اكتب رقمًا، مثل 500.',
    thanks: 'شكرًا يا {{vars.name}}! سنرسل العرض إلى {{vars.email}}.',
    soon: 'شكرًا يا {{vars.name}}! سيراسلك زميل حالًا.',
    follow: 'مرحبًا {{vars.name}}، هل وصلك عرضنا؟ أجب هنا إن كان لديك سؤال.',
    note: 'عميل محتمل: {{vars.interest}}، الميزانية {{vars.budget}}.',
    words: ['موظف', 'إنسان'],
  },
}
type Texts = (typeof TEXTS)['en']

const OPTION_IDS = ['business', 'home', 'present'] as const
const LARGE_BUDGET = 1_000

function questions(t: Texts): FlowDefinition['nodes'] {
  const timeout = { value: 12, unit: 'hours' as const }
  return [
    place(
      {
        id: 'name',
        type: 'ask_text',
        config: {
          text: t.name,
          variable: 'name',
          contactField: 'name',
          retriesMax: 2,
          timeout,
          charsMin: 2,
          charsMax: 100,
        },
      },
      2,
      0,
    ),
    place(
      {
        id: 'email',
        type: 'ask_email',
        config: {
          text: t.email,
          retryText: t.emailAgain,
          variable: 'email',
          contactField: 'email',
          retriesMax: 2,
          timeout,
        },
      },
      3,
      0,
    ),
    place(
      {
        id: 'interest',
        type: 'ask_choice',
        config: {
          text: t.interest,
          variable: 'interest',
          retriesMax: 2,
          timeout,
          options: OPTION_IDS.map((id, index) => ({ id, title: t.options[index] ?? id, value: id, words: [] })),
          display: 'auto',
          listButton: t.open,
        },
      },
      4,
      0,
    ),
    place(
      {
        id: 'budget',
        type: 'ask_number',
        config: {
          text: t.budget,
          retryText: t.budgetAgain,
          variable: 'budget',
          retriesMax: 2,
          timeout,
          min: 0,
          integer: false,
          decimalComma: false,
        },
      },
      5,
      0,
    ),
  ]
}

function definition(t: Texts): FlowDefinition {
  const interest = { kind: 'template' as const, template: '{{vars.interest}}' }
  return {
    schemaVersion: 1,
    triggers: [{ kind: 'keyword', keywords: t.keywords, match: 'any' }],
    variables: [{ name: 'name', type: 'text' }],
    settings: { handOverWords: t.words },
    nodes: [
      place({ id: 'start', type: 'start', config: {} }, 0, 0),
      place({ id: 'intro', type: 'send_text', config: { text: t.intro } }, 1, 0),
      ...questions(t),
      place({ id: 'keep', type: 'set_contact_field', config: { field: 'interest', value: interest } }, 1, 1),
      place({ id: 'tag', type: 'add_tag', config: { tag: 'lead' } }, 2, 1),
      place(
        {
          id: 'large',
          type: 'condition',
          config: {
            branches: [
              { id: 'yes', label: `≥ ${LARGE_BUDGET}`, when: { '>=': [{ var: 'vars.budget' }, LARGE_BUDGET] } },
            ],
          },
        },
        3,
        1,
      ),
      place({ id: 'soon', type: 'send_text', config: { text: t.soon } }, 4, 1),
      place({ id: 'people', type: 'hand_over', config: { priority: 'high', note: t.note } }, 5, 1),
      place({ id: 'thanks', type: 'send_text', config: { text: t.thanks } }, 4, 2),
      place(
        { id: 'later', type: 'delay', config: { until: { kind: 'span', span: { value: 20, unit: 'hours' } } } },
        5,
        2,
      ),
      place({ id: 'follow', type: 'send_text', config: { text: t.follow } }, 6, 2),
      place({ id: 'end', type: 'end', config: { outcome: 'completed' } }, 7, 2),
    ],
    edges: [
      edge('start', 'intro'),
      edge('intro', 'name'),
      edge('name', 'email'),
      edge('email', 'interest'),
      edge('interest', 'budget'),
      edge('budget', 'keep'),
      edge('keep', 'tag'),
      edge('tag', 'large'),
      edge('large.yes', 'soon'),
      edge('large.else', 'thanks'),
      edge('soon', 'people'),
      edge('thanks', 'later'),
      edge('later', 'follow'),
      edge('follow', 'end'),
    ],
  }
}

/** Asks four questions, keeps the answers with the contact, calls people for the large ones and follows up on the rest. */
export const LEAD_CAPTURE: Sample = {
  id: 'lead-capture',
  icon: 'user-plus',
  name: { en: 'Lead capture', es: 'Captar interesados', ar: 'جمع بيانات المهتمين' },
  description: {
    en: 'Asks for name, e-mail, interest and budget, and follows up the next day.',
    es: 'Pide nombre, correo, interés y presupuesto, y da seguimiento al día siguiente.',
    ar: 'يسأل عن الاسم والبريد والاهتمام والميزانية، ثم يتابع في اليوم التالي.',
  },
  definition: { en: definition(TEXTS.en), es: definition(TEXTS.es), ar: definition(TEXTS.ar) },
}
