import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The studio folds events and never decides: what only `decide` needs (expressions, CEL) must not be in the first load. */
const decidingParts = /\/runtime\/(engine|expression)\/|\/node_modules\/(@marcbachmann\/cel-js|@bufbuild\/re2)\//

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    // A data: URL for a small asset would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !decidingParts.test(id) },
      output: {
        codeSplitting: {
          groups: [
            { name: 'libraries', test: /\/node_modules\/(react|react-dom|scheduler|zustand|@tanstack)\// },
            // The setting of zod stands in one chunk with the schemas, because it must hold before the first one is made.
            { name: 'schemas', test: /\/node_modules\/zod\/|\/schemas\/|\/studio\/without-eval\.ts/ },
          ],
        },
      },
    },
  },
})
