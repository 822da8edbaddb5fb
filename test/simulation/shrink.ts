import { Coverage } from './coverage.ts'
import { faultNames } from './faults.ts'
import { type Failure, type Plan, run } from './simulation.ts'

/** A smaller plan that breaks the same invariant: operations are left out, and faults, while it still does. */
export async function shrink(
  plan: Plan,
  failure: Failure,
): Promise<{ readonly plan: Plan; readonly failure: Failure }> {
  let smallest = { plan, failure }
  const attempt = async (smaller: Plan): Promise<boolean> => {
    const again = await run(smaller, new Coverage())
    if (again === null || again.invariant !== failure.invariant) return false
    smallest = { plan: smaller, failure: again }
    return true
  }
  for (let size = Math.ceil(plan.operations.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < smallest.plan.operations.length; ) {
      const { operations } = smallest.plan
      const fewer = [...operations.slice(0, from), ...operations.slice(from + size)]
      if (!(await attempt({ ...smallest.plan, operations: fewer }))) from += size
    }
  }
  for (const fault of faultNames) {
    await attempt({ ...smallest.plan, without: new Set([...smallest.plan.without, fault]) })
  }
  return smallest
}
