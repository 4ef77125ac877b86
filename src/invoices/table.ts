/** Invoices in the control table, their numbers, and the orders of which one is due: the only file that knows their attributes and keys. */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Key } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import type { TableDeps } from '../tables/table-deps.ts'
import { type InvoiceKind, StoredInvoice } from './schema.ts'

/** Why documents of an order are due, and since when. */
export type DueInvoice = {
  readonly order_id: string
  /** `placed`, `shipped`, `cancelled`, or the id of a refund. */
  readonly cause: string
  readonly at: string
}

export interface InvoiceTable {
  /** The documents of an order: its invoice, then its credit notes. */
  list(orderId: string): Promise<readonly StoredInvoice[]>
  /** What is due of an order. */
  listDue(orderId: string): Promise<readonly DueInvoice[]>
  /** Ids of all orders of which something is due, page by page. */
  dueOrders(): AsyncGenerator<readonly string[]>
  /** The last number of a year; 0 where there is none. */
  lastNumber(year: string, kind: InvoiceKind): Promise<number>
  /** Takes the number after the last one. Fails where it was taken since that was read. */
  takeNumber(year: string, kind: InvoiceKind, last: number): Write
  /** Puts a document. Fails where the order has one in its place. */
  put(invoice: StoredInvoice): Write
  /** Ends what was due. */
  settle(due: DueInvoice): Write
}

export const createInvoiceTable = ({ db, names, unreadable }: TableDeps): InvoiceTable => {
  const table = names.control
  const { invoice: rows, dueInvoice } = CONTROL_ROWS

  const numbersKey = (year: string): Key => CONTROL_ROWS.invoiceNumbers.key('', year)

  const toDue = (item: Item): DueInvoice => ({
    order_id: String(item.order_id),
    cause: String(item.cause),
    at: String(item.at),
  })

  return {
    list: async orderId => {
      const found: StoredInvoice[] = []
      for await (const page of db.pages(partition(table, rows.pk(orderId))))
        for (const item of page.filter(rows.matches)) {
          const name = { kind: 'invoice', id: `${orderId} ${rows.nameOf(item.sk)}` }
          const invoice = unreadable.read(StoredInvoice, item, name)
          if (invoice) found.push(invoice)
        }
      return found.sort((a, b) => a.n - b.n)
    },
    listDue: async orderId => {
      const { items } = await db.query({
        table,
        where: 'pk = :pk AND begins_with(sk, :order)',
        values: { ':pk': dueInvoice.pk, ':order': `${orderId}#` },
        consistent: true,
      })
      return items.map(toDue).filter(due => due.order_id === orderId)
    },
    dueOrders: async function* () {
      for await (const page of db.pages(partition(table, dueInvoice.pk)))
        yield [...new Set(page.map(item => toDue(item).order_id))]
    },
    lastNumber: async (year, kind) => Number((await db.get(table, numbersKey(year)))?.[kind] ?? 0),
    takeNumber: (year, kind, last) => ({
      action: 'Update',
      table,
      key: numbersKey(year),
      set: 'SET #kind = :next',
      condition: last === 0 ? 'attribute_not_exists(#kind)' : '#kind = :last',
      names: { '#kind': kind },
      values: { ':next': last + 1, ...(last === 0 ? {} : { ':last': last }) },
    }),
    put: invoice => ({
      action: 'Put',
      table,
      item: { ...rows.key(invoice.order_id, String(invoice.n)), ...invoice },
      condition: 'attribute_not_exists(pk)',
    }),
    settle: ({ order_id, cause }) => ({
      action: 'Delete',
      table,
      key: dueInvoice.key(`${order_id}#${cause}`),
    }),
  }
}
