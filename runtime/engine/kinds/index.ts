import type { z } from 'zod'

import type { KindName, kinds } from '../../../schemas/kinds/index.ts'
import type { NodeProgram } from '../node-program.ts'
import type { Workbench } from '../workbench.ts'
import { compileCode } from './code.ts'
import { compileCondition } from './condition.ts'
import { compileDelay } from './delay.ts'
import { compileEach } from './each.ts'
import { compileFail } from './fail.ts'
import { compileHttp } from './http.ts'
import { compileLog } from './log.ts'
import { compileRepeat } from './repeat.ts'
import { compileRespond } from './respond.ts'
import { compileTransform } from './transform/transform.ts'
import { compileEvent, compileFailure, compileManual, compileWebhook } from './triggers.ts'
import { compileWait } from './wait.ts'
import { compileWorkflow } from './workflow.ts'

type Compilers = {
  readonly [Name in KindName]: (config: z.infer<(typeof kinds)[Name]['config']>, bench: Workbench) => NodeProgram | null
}

/** How each kind is made ready to execute. A kind without an entry does not compile. */
export const compilers: Compilers = {
  manual: compileManual,
  webhook: compileWebhook,
  event: compileEvent,
  failure: compileFailure,
  http: compileHttp,
  code: compileCode,
  condition: compileCondition,
  transform: compileTransform,
  delay: compileDelay,
  respond: compileRespond,
  fail: compileFail,
  log: compileLog,
  wait: compileWait,
  each: compileEach,
  repeat: compileRepeat,
  workflow: compileWorkflow,
}
