/** Places of a move in tests: the tables of a shop on an engine. */

import { engineSigner } from '#src/core/aws/sign.ts'
import type { Blobs } from '#src/core/blobs.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import { openJournalReader } from '#src/local/journal/reader.ts'
import type { Place } from '#src/move/place.ts'
import type { TableNames } from '#src/tables/definitions.ts'

/** `blobs`: undefined where books have no covers; `journalIn`: the data folder in which all writes there are captured. */
export const createPlace = (
  name: string,
  endpoint: string,
  names: TableNames,
  blobs?: Blobs,
  journalIn?: string,
): Place => {
  const wire = createWire(() => endpoint, engineSigner)
  return {
    name,
    names,
    wire,
    db: createDynamo(wire),
    blobs,
    blobsAt: blobs ? name : 'nowhere',
    segments: 1,
    createsTables: true,
    ...(journalIn !== undefined && {
      capture: () => openJournalReader(journalIn, 'move', { endsWithProcess: true, settleMs: 0 }),
    }),
    close: wire.close,
  }
}
