import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Edit, holds } from '../support/without.ts'

const PREFERENCES = 'web/src/lib/preferences/schema.ts'
const PAGE = readFileSync(join(import.meta.dirname, '../../web/src/app.html'), 'utf8')
const edit = (is: string, without: string): Edit => ({ file: PREFERENCES, is, without })
const HOSTILE = ['"><script>alert(1)</script>', 'dark" onload="alert(1)', '</script><script>alert(1)</script>']

holds('[S36] what a cookie says of a taste becomes part of the first page as one of our own words only', {
  open: (code) => code<typeof import('../../web/src/lib/preferences/schema.ts')>(PREFERENCES),
  async attack({ readPreferences }) {
    const got: string[] = []
    for (const text of HOSTILE) {
      const cookie = encodeURIComponent(JSON.stringify({ theme: text, density: text }))
      const { theme, density } = readPreferences(cookie)
      const page = PAGE.replace('%hf.theme%', () => theme).replace('%hf.density%', () => density)
      if (page.includes(text)) got.push(text)
    }
    return got
  },
  without: [
    edit("z.enum(THEMES).catch('system')", "z.string().catch('system')"),
    edit("z.enum(DENSITIES).catch('comfortable')", "z.string().catch('comfortable')"),
  ],
})
