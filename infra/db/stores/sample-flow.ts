import { WELCOME_MENU } from '#domain/flows/samples/welcome-menu.ts'
import { languageOf } from '#domain/languages.ts'
import type { Tx } from '../tx.ts'
import type { Acting } from './acting.ts'
import { pinned } from './flow-world.ts'
import { createFlow, publishFlow } from './flows.ts'

/** A new tenant's first flow: published and switched on, so that the first "hi" is answered. */
export async function addSampleFlow(tx: Tx, { tenantId, actor, locale }: Acting & { locale: string }): Promise<string> {
  const language = languageOf(locale) ?? 'en'
  const acting = { tenantId, actor }
  const draft = WELCOME_MENU.definition[language]
  const id = await createFlow(tx, acting, {
    name: WELCOME_MENU.name[language],
    description: WELCOME_MENU.description[language],
    priority: 100,
    draft,
  })
  await publishFlow(tx, acting, { id, version: 1, definition: await pinned(tx, draft), note: '', enable: true })
  return id
}
