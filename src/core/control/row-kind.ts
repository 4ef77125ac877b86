/**
 * Kinds of rows of the control table, with the three shapes of their keys. A kind is data, so that key, TTL, owner and whether
 * it is personal data are in one place (`rows.ts`).
 */
import type { Query } from '../dynamo/dynamo.ts'
import type { Item } from '../dynamo/write.ts'

export type ControlKey = { readonly pk: string; readonly sk: string }

/** Seconds that a row is kept; `per row`: each row has its own `expires_at`; `never`: kept until the shop deletes it. */
export type Ttl = number | 'per row' | 'never'

export type Facts<T extends Ttl> = {
  readonly ttl: T
  /** The file in `src` that reads and writes these rows. */
  readonly owner: string
  /** Whether a row identifies a person: by the id of an account or a guest, by an email address or its hash, or by what they entered. */
  readonly personalData: boolean
}

export type RowKind<T extends Ttl = Ttl> = Facts<T> & {
  /** What `pk` begins with; all of it where all rows of the kind are in one partition. */
  readonly prefix: string
  /** What `sk` begins with; all of it where a partition holds one row of the kind. */
  readonly sortPrefix: string
  /** Whether a row is of this kind. */
  readonly matches: (row: Item) => boolean
}

/** One row in a partition of its own. */
export type SingleRow<T extends Ttl = Ttl> = RowKind<T> & {
  readonly key: (id: string) => ControlKey
  /** The id in the `pk` of a row, as it is stored. */
  readonly idOf: (pk: unknown) => string
}

/** All rows in one partition. */
export type RowList<T extends Ttl = Ttl> = RowKind<T> & {
  readonly pk: string
  readonly key: (sk: string) => ControlKey
}

/** Several rows in the partition of each id. */
export type RowGroup<T extends Ttl = Ttl> = RowKind<T> & {
  readonly pk: (id: string) => string
  readonly key: (id: string, name: string) => ControlKey
  /** The name in the `sk` of a row, as it is stored. */
  readonly nameOf: (sk: unknown) => string
}

type Write = (text: string) => string
const asItIs: Write = text => text

/** `stored` says how an id is written in the key, where it is not written as it is: a secret is stored as its hash. */
export const singleRow = <const T extends Ttl>(
  prefix: string,
  sk: string,
  facts: Facts<T>,
  stored = asItIs,
): SingleRow<T> => ({
  ...facts,
  prefix,
  sortPrefix: sk,
  matches: row => String(row.pk).startsWith(prefix) && row.sk === sk,
  key: id => ({ pk: prefix + stored(id), sk }),
  idOf: pk => String(pk).slice(prefix.length),
})

export const rowList = <const T extends Ttl>(pk: string, facts: Facts<T>): RowList<T> => ({
  ...facts,
  prefix: pk,
  sortPrefix: '',
  matches: row => row.pk === pk,
  pk,
  key: sk => ({ pk, sk }),
})

/** `stored` and `storedName` as in `singleRow`. */
export const rowGroup = <const T extends Ttl>(
  prefix: string,
  sortPrefix: string,
  facts: Facts<T>,
  stored = asItIs,
  storedName = asItIs,
): RowGroup<T> => ({
  ...facts,
  prefix,
  sortPrefix,
  matches: row => String(row.pk).startsWith(prefix) && String(row.sk).startsWith(sortPrefix),
  pk: id => prefix + stored(id),
  key: (id, name) => ({ pk: prefix + stored(id), sk: sortPrefix + storedName(name) }),
  nameOf: sk => String(sk).slice(sortPrefix.length),
})

/** The query for all rows of a partition, read consistently. */
export const partition = (table: string, pk: string): Query => ({
  table,
  where: 'pk = :pk',
  values: { ':pk': pk },
  consistent: true,
})
