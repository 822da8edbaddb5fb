import { describe, expect, it } from 'vitest'
import type { ExecutionCommand } from '../../schemas/execution-commands.ts'
import {
  type ActionName,
  actionsFor,
  availability,
  batchSentence,
  openSignals,
  signalConsequence,
  undoable,
} from '../../studio/model/actions.ts'
import { lastPosition, startedOf, stateAt } from '../../studio/model/execution-log.ts'
import { portConsequence } from '../../studio/model/port-consequence.ts'
import { pauseSentence, resumeConsequence, undoingSentence } from '../../studio/model/standing.ts'
import { cancelAndUndo, hear, pause, retryExecution, signal } from '../support/commands.ts'
import { cancel, failAttempt, startExecution, succeed, t0, wake } from '../support/events.ts'
import { approval, broken, graphOf, http, signalled, start, step } from '../support/graphs.ts'
import { told } from './support/engine-log.ts'

const paying = graphOf(
  [start, http('charge', { once: true }), http('ship'), http('refund'), signalled('wait', { match: 'signal.ok' })],
  ['start -> charge', 'charge.compensate -> refund', 'charge -> ship', 'start -> wait'],
)
const started = startExecution(paying)
const shipping = [started, succeed('charge', {})]
const failed = graphOf([start, http('call')], ['start -> call'])

function stateOf(...commands: readonly ExecutionCommand[]) {
  const log = told(...commands)
  const state = startedOf(stateAt(log, lastPosition(log)))
  if (state === null) throw new Error('it has started')
  return { log, state }
}

/** Every action that is offered, and why it cannot be done when it cannot. */
const offered = (...commands: readonly ExecutionCommand[]): Partial<Record<ActionName, string>> => {
  const { log, state } = stateOf(...commands)
  return Object.fromEntries(
    actionsFor(state).map((name) => {
      const possible = availability(name, state, log)
      return [name, possible.can ? 'yes' : possible.why]
    }),
  )
}

describe('what can be done to an execution', () => {
  it.each<[string, readonly ExecutionCommand[], Partial<Record<ActionName, string>>]>([
    ['that runs', [started], { signal: 'yes', pause: 'yes', cancel: 'yes' }],
    ['that is paused', [started, pause()], { signal: 'yes', resume: 'yes', cancel: 'yes' }],
    [
      'that stands still because of an unknown step',
      [started, wake(t0 + 1)],
      { signal: 'yes', resume: 'Say first what charge did: then it goes on.', cancel: 'yes' },
    ],
    [
      'that is being undone',
      [...shipping, cancelAndUndo()],
      { signal: 'yes', pause: 'yes', cancel: 'What was done is being undone already.' },
    ],
    ['that was cancelled', [started, cancel()], {}],
    ['that failed at a call', [startExecution(failed), failAttempt('call', { retryable: false })], { retry: 'yes' }],
    [
      'that failed at a step that only computes',
      [startExecution(graphOf([start, broken('sum')], ['start -> sum']))],
      { retry: 'sum only computes: it would fail in the same way again.' },
    ],
    [
      'that failed and was undone',
      [...shipping, failAttempt('ship', { retryable: false }), succeed('refund', {})],
      { retry: 'What was done has been undone. Start a new execution.' },
    ],
    [
      'that failed and was retried',
      [startExecution(failed), failAttempt('call', { retryable: false }), retryExecution()],
      { signal: 'yes', pause: 'yes', cancel: 'yes' },
    ],
  ])('%s', (_, commands, expected) => {
    expect(offered(...commands)).toEqual(expected)
  })

  it('is refused with a reason where it is not offered', () => {
    const { log, state } = stateOf(started, pause())
    expect(availability('pause', state, log)).toEqual({ can: false, why: 'It is paused already.' })
    expect(availability('retry', state, log)).toEqual({ can: false, why: 'Only a failed execution is retried.' })
    const running = stateOf(started)
    expect(availability('resume', running.state, running.log)).toEqual({ can: false, why: 'It is not paused.' })
    const over = stateOf(started, cancel())
    expect(availability('signal', over.state, over.log)).toEqual({ can: false, why: 'The execution has ended.' })
  })
})

describe('what an action means', () => {
  it('lists what would be undone, the newest first, with what undoes it', () => {
    expect(undoable(stateOf(started).state)).toEqual([])
    expect(undoable(stateOf(...shipping).state)).toEqual([{ undoes: 'charge', step: 'refund' }])
  })

  it('says who takes a signal, and on which condition', () => {
    const { state } = stateOf(started)
    expect([...openSignals(state)]).toEqual([['paid', ['wait']]])
    expect(signalConsequence('paid', state)).toBe('wait waits for it and goes on, if signal.ok.')
    expect(signalConsequence('other', state)).toBe(
      'No step waits for “other” now: it is kept for the first one that does.',
    )
    const two = graphOf([start, signalled('a'), signalled('b')], ['start -> a', 'start -> b'])
    expect(signalConsequence('paid', stateOf(startExecution(two)).state)).toBe(
      'a waits for it and goes on. 1 more wait for it, and are asked after it.',
    )
    const taken = stateOf(startExecution(two), signal(1)).state
    expect(signalConsequence('paid', taken)).toBe('b waits for it and goes on.')
  })

  it('says what follows a decision', () => {
    const graph = graphOf([start, approval('ask'), http('pay'), http('tell')], ['start -> ask'])
    const edges = [
      { from: graph.nodes[1]?.id ?? '', port: 'approved', to: 'pay' },
      { from: graph.nodes[1]?.id ?? '', port: 'approved', to: 'tell' },
    ]
    const wired = { ...graph, edges: [...graph.edges, ...edges] } as typeof graph
    expect(portConsequence(wired, step('ask'), 'approved')).toBe('It leaves by approved: pay, tell follow.')
    expect(portConsequence(wired, step('ask'), 'rejected')).toBe('It leaves by rejected, where nothing follows.')
  })

  it('says which execution undoes a batch, and how much of it, where that is known', () => {
    expect(batchSentence({ executionId: 'x1', steps: 2 })).toBe('Execution x1 undoes 2 steps then.')
    expect(batchSentence({})).toBe('The execution that worked on it undoes what it has done then.')
  })
})

describe('what holds an execution', () => {
  it('is said of a pause: why, what becomes of time, and whether everything stands still', () => {
    const sentence = (...commands: readonly ExecutionCommand[]) => {
      const { state } = stateOf(...commands)
      return state.pause === null ? null : pauseSentence(state, state.pause)
    }
    expect(sentence(started, pause())).toBe(
      'Paused by a person. Timers stand still. 1 attempt still in flight will end.',
    )
    expect(sentence(started, pause(t0, 'running'), succeed('charge', {}))).toBe(
      'Paused by a person. Timers run on, and what is due happens when it goes on. Nothing is in flight.',
    )
    expect(sentence(started, wake(t0 + 1))).toBe(
      'Paused because it is unknown what charge did: a person must say. Timers stand still. Nothing is in flight.',
    )
    expect(sentence(started, hear(7, { notice: 'pause', timers: 'frozen' }))).toBe(
      'Paused with the execution that started it. Timers stand still. 1 attempt still in flight will end.',
    )
  })

  it('is said of a resume: what goes on, and what holds it still', () => {
    const consequence = (...commands: readonly ExecutionCommand[]) => {
      const { state } = stateOf(started, ...commands)
      return state.pause === null ? null : resumeConsequence(state.pause)
    }
    const heard = hear(7, { notice: 'pause', timers: 'running' })
    expect(consequence(pause())).toBe(
      'It goes on where it stopped. Its timers go on with the time they had left, and its deadline moves by as much.',
    )
    expect(consequence(heard)).toBe(
      'It goes on where it stopped, although the execution that started it is paused. What was due during the pause happens now.',
    )
    expect(consequence(heard, pause())).toBe('The execution that started it is paused: it goes on with that one.')
  })

  it('is said of an undoing: how far it is, and in the end what could not be undone', () => {
    const sentence = (...commands: readonly ExecutionCommand[]) => {
      const { state } = stateOf(...commands)
      return state.compensation === null ? null : undoingSentence(state, state.compensation)
    }
    const undoing = [...shipping, cancelAndUndo()]
    expect(sentence(...undoing)).toBe('What was done is being undone, 0 of 1 step; then it is cancelled.')
    expect(sentence(...undoing, succeed('refund', {}))).toBe('What was done has been undone: 1 step, the newest first.')
    expect(sentence(...undoing, failAttempt('refund', { retryable: false }))).toBe(
      'What was done has been undone: 0 steps, the newest first. Not undone: charge.',
    )
  })
})
