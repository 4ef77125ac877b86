/** The rotation of the proxy secret: no request is refused at any moment, wherever it is cut off and repeated. */
import { expect, test } from 'vitest'
import { planProxyRotation, type RotationStep } from './proxy-rotation.ts'

const START = { parameter: 'old', accepted: ['old'], sent: 'old', pages: 'old' }

/** The single moments of a step: the parameter is written before the functions are restarted. */
const moments = (step: RotationStep): ((state: typeof START) => typeof START)[] =>
  step.kind === 'send'
    ? [state => ({ ...state, sent: step.secret })]
    : [
        state => ({ ...state, parameter: step.list }),
        state => ({
          ...state,
          accepted: state.parameter.split(','),
          pages: state.parameter.split(',')[0] ?? '',
        }),
      ]

/** Runs the rotation, at most so many moments of it; each must leave a shop that works. */
const rotate = (from: typeof START, fresh: string, most = Number.POSITIVE_INFINITY): typeof START => {
  let state = from
  let left = most
  for (const step of planProxyRotation(from.parameter, fresh))
    for (const change of moments(step)) {
      if (left-- === 0) return state
      state = change(state)
      expect(state.accepted, `${JSON.stringify(state)}`).toEqual(
        expect.arrayContaining([state.sent, state.pages]),
      )
    }
  return state
}

test('a rotation ends with the new secret alone', () => {
  expect(rotate(START, 'new')).toEqual({ parameter: 'new', accepted: ['new'], sent: 'new', pages: 'new' })
})

test('cut off at any moment, twice, and repeated, it ends with the secret that it began with', () => {
  for (let first = 1; first < 8; first++)
    for (let second = 0; second < 8; second++) {
      const once = rotate(START, 'new', first)
      const twice = rotate(once, 'newer', second)
      const { parameter, accepted, sent } = rotate(twice, 'newest')
      expect([accepted, sent], `${first} ${second}`).toEqual([[parameter], parameter])
      expect(['new', 'newer', 'newest']).toContain(parameter)
      if (once.parameter.includes(',')) expect(rotate(once, 'newer').parameter).toBe('new')
    }
})
