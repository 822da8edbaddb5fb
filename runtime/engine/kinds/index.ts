import type { z } from 'zod'

import type { KindName, kinds } from '../../../schemas/kinds/index.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'
import { compileCondition } from './condition.ts'
import { compileDelay } from './delay.ts'
import { compileFail } from './fail.ts'
import { compileHttp } from './http.ts'
import { compileLog } from './log.ts'
import { compileRespond } from './respond.ts'
import { compileTransform } from './transform/transform.ts'
import { compileManual, compileWebhook } from './triggers.ts'

type Compilers = {
  readonly [Name in KindName]: (config: z.infer<(typeof kinds)[Name]['config']>, bench: Workbench) => NodeProgram | null
}

/** How each kind is made ready to execute. A kind without an entry does not compile. */
export const compilers: Compilers = {
  manual: compileManual,
  webhook: compileWebhook,
  http: compileHttp,
  condition: compileCondition,
  transform: compileTransform,
  delay: compileDelay,
  respond: compileRespond,
  fail: compileFail,
  log: compileLog,
}
