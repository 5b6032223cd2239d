import { fileURLToPath } from 'node:url'
import adapter from '@sveltejs/adapter-node'
import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig, loadEnv } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** What several pages share, in pieces worth a request each: alone, most modules are smaller than what is said around them. */
const SHARED_CODE = [{ name: 'shared', minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 40_000 }]
/** Merged pieces may need each other in a circle; in order all the same, no module runs before what it needs. */
const CLIENT_OUTPUT = { codeSplitting: { groups: SHARED_CODE }, strictExecutionOrder: true }

export default defineConfig(({ mode }) => {
  const apiOrigin = loadEnv(mode, import.meta.dirname, 'HOLDFAST_')['HOLDFAST_API_ORIGIN'] ?? 'http://127.0.0.1:3000'
  return {
    plugins: [
      tailwindcss(),
      sveltekit({
        adapter: adapter({ out: '../build-web', precompress: true }),
        compilerOptions: { runes: true },
        csp: {
          mode: 'auto',
          directives: {
            'default-src': ['self'],
            'script-src': ['self'],
            // Panes, virtual lists and the canvas place themselves by style attributes.
            'style-src': ['self', 'unsafe-inline'],
            'img-src': ['self', 'data:', 'blob:'],
            'media-src': ['self', 'blob:'],
            'font-src': ['self'],
            'connect-src': ['self'],
            'object-src': ['none'],
            'base-uri': ['self'],
            'form-action': ['self'],
            'frame-ancestors': ['none'],
          },
        },
        output: { linkHeaderPreload: false },
      }),
    ],
    // Packages that ship .svelte files. They are usually found through package.json, which stands one room higher.
    ssr: { noExternal: [/svelte/, 'bits-ui', 'runed', 'virtua'] },
    resolve: { alias: [{ find: /^#domain\//, replacement: `${root}domain/` }] },
    server: {
      fs: { allow: ['..'] },
      proxy: Object.fromEntries(
        ['/api', '/problems'].map((path) => [path, { target: apiOrigin, changeOrigin: false }]),
      ),
    },
    environments: { client: { build: { rolldownOptions: { output: CLIENT_OUTPUT } } } },
    // Nothing is inlined: the content security policy allows no data: fonts.
    build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 700 },
  }
})
