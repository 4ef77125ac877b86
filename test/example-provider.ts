import { createHmac, timingSafeEqual } from 'node:crypto'
import { minorUnits } from '#src/core/money.ts'
import {
  EventRefused,
  type HostedCheckout,
  type HostedProvider,
  ProviderRefused,
  type Seen,
  type SeenRefund,
} from '#src/payments/provider.ts'

type Page = { readonly checkout: HostedCheckout; status: Seen['status']; readonly refunds: SeenRefund[] }

/** The pages of the company, by their address on it. A real one keeps them itself, and is asked over HTTP. */
export const createListProvider = (pages: Map<string, Page>, eventKey: string): HostedProvider => {
  const find = (ref: string): Page => {
    const page = pages.get(ref)
    if (!page) throw new ProviderRefused(`there is no payment page ${ref}`)
    return page
  }
  const look = async (ref: string): Promise<Seen> => {
    const { checkout, status, refunds } = find(ref)
    const { orderId, amount, currency } = checkout
    return {
      status,
      orderId,
      amount,
      currency,
      captured: status === 'paid' ? amount : minorUnits(0),
      refunds,
      disputes: [],
    }
  }
  return {
    id: 'stripe',
    label: 'Company List',
    signatureHeader: 'list-signature',
    refusalOf: amount => (amount < 100 ? 'Payments by Company List start at 1.00.' : undefined),
    open: async checkout => {
      const ref = `${checkout.orderId}-${checkout.attempt}`
      if (!pages.has(ref)) pages.set(ref, { checkout, status: 'open', refunds: [] })
      return {
        ref,
        url: `https://list.example/${ref}`,
        closesAt: new Date(Date.now() + 1_800_000).toISOString(),
      }
    },
    find: async orderId => [...pages].find(([, { checkout }]) => checkout.orderId === orderId)?.[0],
    look,
    close: async ref => {
      const page = find(ref)
      if (page.status === 'open') page.status = 'closed'
      return look(ref)
    },
    refund: async (ref, amount, refundId) => {
      const { refunds } = find(ref)
      const made = refunds.find(one => one.refundId === refundId)
      if (made) return made
      const refund: SeenRefund = { id: `refund-${refunds.length + 1}`, refundId, amount, state: 'succeeded' }
      refunds.push(refund)
      return refund
    },
    readEvent: async (body, headers) => {
      const signature = Buffer.from(headers.get('list-signature') ?? '', 'hex')
      const expected = createHmac('sha256', eventKey).update(body).digest()
      if (signature.length !== expected.length || !timingSafeEqual(signature, expected))
        throw new EventRefused('The signature is not valid.')
      const { id, ref, orderId } = JSON.parse(new TextDecoder().decode(body))
      return { id, type: 'changed', payment: { orderId, ref } }
    },
    async *listSince() {
      for (const [ref, { checkout }] of pages) yield { ref, orderId: checkout.orderId }
    },
  }
}
