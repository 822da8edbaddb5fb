import type { Mutant } from './mutant.ts'
import { platformMutants } from './platform-mutants.ts'

/** What became of a mutant that was killed. */
export type Fate = { readonly mutant: Mutant; readonly by: string; readonly seconds: number }

/** The table that is kept beside the mutants. */
export function tableOf(fates: readonly Fate[]): string {
  const numbers = new Map(
    Object.entries(platformMutants).flatMap(([number, known]) => ('id' in known ? [[known.id, number] as const] : [])),
  )
  const rows = fates.map(
    ({ mutant: { id, bug, file }, by, seconds }) =>
      `| ${numbers.get(id) ?? ''} | ${id} | ${bug} | \`${file}\` | ${by} | ${seconds.toFixed(1)} s |`,
  )
  const reasons = Object.entries(platformMutants).flatMap(([number, known]) =>
    'reason' in known ? [`| ${number} | ${known.bug} | ${known.reason} |`] : [],
  )
  return `${[
    '# Mutants',
    '',
    'Bugs that are put into the code one at a time, to see that a check finds each. Written by `npm run mutants`, which runs them all; do not edit. Numbers are those of the list of bugs that systems of this kind are known to get.',
    '',
    '| no. | mutant | bug | file | killed by | time |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'Bugs of that list that cannot be put in:',
    '',
    '| no. | bug | why not |',
    '| --- | --- | --- |',
    ...reasons,
  ].join('\n')}\n`
}
