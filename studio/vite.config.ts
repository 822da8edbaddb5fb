import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where the builder and the runtime listen while the studio is developed. */
const server = process.env['STEPWELL_SERVER'] ?? 'http://127.0.0.1:8787'

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
  },
  server: { proxy: { '/api': server, '/actions': { target: server, ws: true } } },
})
