import { z } from 'zod'

// zod compiles parsers with `new Function` where it can; the content security policy forbids it, so zod should not even try.
z.config({ jitless: true })
