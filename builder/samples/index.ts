import type { Sample } from '../../schemas/api/workflows.ts'
import { approvalWithReminder } from './approval-with-reminder.ts'
import { fanOutAndJoin } from './fan-out-and-join.ts'
import { helloForm } from './hello-form.ts'
import { orderSaga } from './order-saga.ts'
import { orderTriage } from './order-triage.ts'
import { salesReport } from './sales-report.ts'
import { waitAMoment } from './wait-a-moment.ts'
import { whenItFails } from './when-it-fails.ts'

/** In the order in which they are offered. */
export const samples: readonly Sample[] = [
  helloForm,
  orderTriage,
  waitAMoment,
  fanOutAndJoin,
  whenItFails,
  approvalWithReminder,
  salesReport,
  orderSaga,
]
