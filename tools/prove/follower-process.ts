/** Process that fills and follows a projection until it is killed. Arguments: endpoint, table names, data folder, URL of PostgreSQL, secret. */
import { createDatabase } from '#src/composition/clients.ts'
import { readSettings } from '#src/composition/settings.ts'
import { createPgSql } from '#src/core/sql/pg.ts'
import { followJournal } from '#src/local/projection.ts'
import type { TableNames } from '#src/tables/definitions.ts'

const [endpoint = '', tableNames = '{}', dataDir = '', url = '', secret = ''] = process.argv.slice(2)
const settings = { ...readSettings({}), names: JSON.parse(tableNames) as TableNames }
followJournal({
  db: createDatabase(settings, () => endpoint),
  sql: createPgSql({ url }),
  names: settings.names,
  currency: settings.currency,
  secret,
  dataDir,
  log: { event: () => {}, failure: error => console.error(error) },
  isCommand: true,
})
process.send?.('following')
setInterval(() => {}, 60_000)
