import { LANGUAGES, type Language } from '../../languages.ts'
import type { FlowDefinition } from '../schema.ts'
import { edge, place, type Sample } from './drawing.ts'
import { WELCOME_NAMES, WELCOME_TEXTS, type WelcomeTexts } from './welcome-menu-texts.ts'

function definition(t: WelcomeTexts): FlowDefinition {
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

const inEach = <T>(made: (language: Language) => T) =>
  Object.fromEntries(LANGUAGES.map((language) => [language, made(language)])) as Record<Language, T>

/** Greets, knows whether the business is open, offers a menu, and calls people. In every language: it is each tenant's first flow. */
export const WELCOME_MENU: Sample<Language> = {
  id: 'welcome-menu',
  icon: 'hand',
  name: inEach((language) => WELCOME_NAMES[language].name),
  description: inEach((language) => WELCOME_NAMES[language].description),
  definition: inEach((language) => definition(WELCOME_TEXTS[language])),
}
