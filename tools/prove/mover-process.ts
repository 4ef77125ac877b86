/** Program that moves a shop between two engines, and kills itself where it is told to. */

import { type MoveStep, runMove } from '#src/move/move.ts'
import type { TableNames } from '#src/tables/definitions.ts'
import { createPlace } from '../../test/places.ts'

export type MoverOptions = {
  readonly id: string
  readonly from: string
  readonly to: string
  readonly names: TableNames
  readonly maxPauseMs: number
  /** Undefined: it runs to its end. */
  readonly killAt?: MoveStep
}

const { id, from, to, names, maxPauseMs, killAt } = JSON.parse(process.argv[2] ?? '{}') as MoverOptions
const result = await runMove(createPlace(from, from, names), createPlace(to, to, names), {
  id,
  maxPauseMs,
  onStep: step => {
    process.send?.(step)
    if (step === killAt) process.kill(process.pid, 'SIGKILL')
  },
})
process.send?.(result, () => process.exit(0))
