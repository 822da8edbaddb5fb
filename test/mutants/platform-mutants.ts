import type { Inapplicable, Mutant } from './mutant.ts'

const engine = 'runtime/engine'
const objects = 'runtime/objects'
const inNode = 'test/objects/in-node'

/**
 * The bugs that are known to get into systems of this kind, by their number in the list that the
 * simulation was planned with: about the log, the alarm, attempts, deliveries and what depends on them.
 */
export const platformMutants: Readonly<Record<number, Mutant | Inapplicable>> = {
  1: {
    id: 'acknowledged-before-commit',
    bug: 'A start is acknowledged before its row is committed.',
    file: `${objects}/starts.ts`,
    find: '    await this.#write(executionId, start, active, null, delivery)\n',
    replace: '    void this.#write(executionId, start, active, null, delivery)\n',
    killer: { test: `${inNode}/workflow.test.ts`, name: '[WFO3]' },
  },
  2: {
    id: 'alarm-outside-transaction',
    bug: 'The alarm is set after the transaction of its turn.',
    file: `${objects}/turns.ts`,
    find: '    this.#ports.setAlarm(this.#alarmFor(state))\n',
    replace:
      '    void Promise.resolve().then(() => this.#ports.setAlarm(this.#alarmFor(state))).catch(() => undefined)\n',
    killer: 'simulation',
  },
  3: {
    id: 'no-alarm-after-throw',
    bug: 'A sweep that broke off is not made again.',
    file: `${objects}/workflow.ts`,
    find: '      this.#ports.transaction(() => this.#ports.wakeAt(this.#sweepAgainAt(error)))\n',
    replace: '',
    killer: 'simulation',
  },
  4: {
    bug: 'The handler sets the alarm before it works, and then throws.',
    reason:
      'No handler throws: T4 of the simulation looks at every ring. The alarm is set in the transaction of each turn, so there is no order of setting and working to turn round.',
  },
  5: {
    bug: 'The handler trusts `isRetry`.',
    reason: 'Nothing of the alarm reaches the code: `alarm()` takes no parameter, and duplicates are found in the log.',
  },
  6: {
    id: 'stale-attempt-accepted',
    bug: 'The answer of an attempt that another has followed is taken.',
    file: `${engine}/attempt-answers.ts`,
    find: 'return current.attempt === attempt ? null :',
    replace: 'return current.attempt >= attempt ? null :',
    killer: { test: 'test/engine/attempts.test.ts', name: '[ATT14]' },
  },
  7: {
    id: 'key-of-attempt',
    bug: 'The idempotency key changes with each attempt.',
    file: `${engine}/attempt.ts`,
    find: 'idempotencyKey: idempotencyKey(state.executionId, step),',
    replace: "idempotencyKey: idempotencyKey(state.executionId, step) + '.' + attempt,",
    killer: 'simulation',
  },
  8: {
    id: 'no-dedupe',
    bug: 'A delivery with a known key starts another execution.',
    file: `${objects}/deliver.ts`,
    find: 'if (dedupe === undefined) {',
    replace: 'if (dedupe?.ok !== false) {',
    killer: 'simulation',
  },
  9: {
    id: 'dedupe-in-memory',
    bug: 'Keys of deliveries are remembered in memory only.',
    file: `${objects}/starts.ts`,
    find: 'const known = current ?? this.#ports.store.startByKey(key.key, this.#ports.now())',
    replace: 'const known = current ?? null',
    killer: 'simulation',
  },
  10: {
    id: 'join-counts-twice',
    bug: 'A join counts an edge twice.',
    file: `${engine}/draft.ts`,
    find: 'isTaken ? { taken: taken + 1, dead }',
    replace: 'isTaken ? { taken: taken + 2, dead }',
    killer: 'simulation',
  },
  11: {
    id: 'losers-begin-again',
    bug: 'The slower branch begins again what `any` began with the first.',
    file: `${engine}/advance.ts`,
    find: 'if (!isOpen || state.steps.has(step)) return',
    replace: 'if (!isOpen || state.active.has(step)) return',
    killer: 'simulation',
  },
  12: {
    id: 'early-signal-lost',
    bug: 'A signal that came before its wait is not taken by it.',
    file: `${engine}/waits.ts`,
    find: 'for (const position of turn.state.signals.get(wait.name) ?? []) {',
    replace: 'for (const position of [] as number[]) {',
    killer: { test: 'test/engine/signals.test.ts', name: '[WTS4]' },
  },
  13: {
    id: 'answer-beats-timeout',
    bug: 'An answer is taken by a wait whose time is over, because the alarm is late.',
    file: `${objects}/execution-calls.ts`,
    find: '  execution.wake()\n  return instruct(execution, command)',
    replace: '  return instruct(execution, command)',
    killer: { test: `${inNode}/going-on.test.ts`, name: '[OBJ21]' },
  },
  14: {
    id: 'random-child',
    bug: 'The id of a child is left to chance.',
    file: `${engine}/child.ts`,
    find: 'attempt === 1 ? idempotencyKey :',
    replace: 'attempt === 1 ? idempotencyKey + Math.random() :',
    killer: 'simulation',
  },
  15: {
    id: 'index-without-position',
    bug: 'A late report takes the place of a newer one.',
    file: 'runtime/storage/workflow-store.ts',
    find: 'WHERE excluded.position > position',
    replace: 'WHERE excluded.position >= 0',
    killer: 'simulation',
  },
  16: {
    id: 'fold-reads-clock',
    bug: 'The fold reads the clock.',
    file: `${engine}/evolve-step.ts`,
    find: 'const startedAt = before?.startedAt ?? at\n  switch',
    replace: 'const startedAt = before?.startedAt ?? Date.now()\n  switch',
    killer: { test: 'test/architecture.test.ts', name: '[ARC4]' },
  },
  17: {
    id: 'version-looked-up',
    bug: 'A child whose start is repeated gets the version that is active by then.',
    file: `${objects}/start-child.ts`,
    find: 'const wanted = store.execution(executionId)?.version ?? child.version',
    replace: 'const wanted = child.version',
    killer: { test: `${inNode}/workflow-relations.test.ts`, name: '[CHI2]' },
  },
  18: {
    id: 'unknown-event-skipped',
    bug: 'An event that cannot be read is passed over.',
    file: `${objects}/load-state.ts`,
    find: '      if (page.length === 0) log.at(state.position + 1)\n',
    replace: '      if (page.length === 0) break\n',
    killer: { test: `${inNode}/load-state.test.ts`, name: '[OBJ6]' },
  },
  19: {
    id: 'append-after-damage',
    bug: 'A log that does not verify is appended to.',
    file: `${objects}/execution.ts`,
    find: "    if (this.quarantine !== null) return { ok: false, rejection: { reason: 'quarantined', message: this.quarantine } }\n",
    replace: '',
    killer: { test: `${inNode}/execution.test.ts`, name: '[OBJ14]' },
  },
  20: {
    bug: 'A call that failed because the object is overloaded is repeated at once.',
    reason:
      'No call is repeated in the turn in which it failed, whatever it failed with: a start by the policy of its step, a notice and a sweep by the alarm.',
  },
  21: {
    id: 'no-repair',
    bug: 'An object that is loaded does not set again the alarm that was lost.',
    file: `${objects}/object-alarm.ts`,
    find: '    if (!isSoonEnough(await this.#storage.getAlarm(), at, now)) this.set(at, now)\n',
    replace: '    await this.#storage.getAlarm()\n',
    killer: { test: `${inNode}/object-alarm.test.ts`, name: '[ALM4]' },
  },
  22: {
    bug: 'A log that was restored to an earlier moment goes on as if nothing had been.',
    reason: 'Not found out yet: that needs a count of restores outside the object, which comes with restoring.',
  },
}
