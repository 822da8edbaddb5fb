import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './builder/db/tables.ts',
  out: './migrations/builder',
})
