import { expect, test } from 'vitest'
import { LANGUAGES } from '#domain/languages.ts'
import { PANELS, panelOf } from './panels.ts'
import { readPreferences } from './schema.ts'

test('[UX-06] each place belongs to one of three panels', () => {
  expect(['/inbox', '/inbox/1', '/contacts', '/contacts/1'].map(panelOf)).toEqual(Array(4).fill('agent'))
  expect(['/settings', '/flows', '/runs/1', '/', '/sign-in', '/platforms'].map(panelOf)).toEqual(
    Array(6).fill('workspace'),
  )
  expect(['/platform', '/platform/health'].map(panelOf)).toEqual(['platform', 'platform'])
})

test.each(LANGUAGES)('[UX-06] each panel may speak %s, whatever the others speak', (locale) => {
  for (const panel of PANELS) {
    const cookie = encodeURIComponent(JSON.stringify({ locale: 'en', panelLocales: { [panel]: locale } }))
    expect(readPreferences(cookie)).toMatchObject({ locale: 'en', panelLocales: { [panel]: locale } })
  }
})

test('[UX-06] languages of panels that nobody knows are as if they had not been set', () => {
  const cookie = (value: unknown) => encodeURIComponent(JSON.stringify({ panelLocales: value }))
  expect(readPreferences(cookie({ agent: 'ar' })).panelLocales).toEqual({ agent: 'ar' })
  expect(readPreferences(cookie({ stranger: 'ar' })).panelLocales).toEqual({})
  expect(readPreferences(cookie('ar')).panelLocales).toEqual({})
})
