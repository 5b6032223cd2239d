import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Component tests only; what needs a server or a browser lives under the root's test folder. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte()],
  resolve: {
    conditions: ['browser'],
    alias: [
      { find: /^#domain\//, replacement: at('../domain/') },
      { find: /^#lib\//, replacement: at('./src/lib/') },
    ],
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
