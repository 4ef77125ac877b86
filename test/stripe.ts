/** Stand-in for Stripe on a loopback port, for tests of the provider and of the shop, with faults of the network. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import type { Currency } from '#src/core/currency.ts'
import { type MinorUnits, minorUnits } from '#src/core/money.ts'
import type { SendEvent } from '#src/local/test-payments/deliveries.ts'
import { createTestPayments, type TestPaymentService } from '#src/local/test-payments/test-payments.ts'
import type { HostedCheckout, HostedProvider } from '#src/payments/provider.ts'
import { onCleanup } from './cleanup.ts'
import { USD } from './currencies.ts'
import { temporaryFolder } from './kit.ts'
import { registerSecret } from './log-leaks.ts'

/** Numbers of test cards. */
export const CARDS = {
  pays: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  insufficientFunds: '4000 0000 0000 9995',
  authenticates: '4000 0025 0000 3155',
  disputed: '4000 0000 0000 0259',
}

/**
 * What goes wrong with a request: `refuse` answers 500 and does nothing, `hang` does nothing and never answers, `drop` does it and
 * ends the connection instead of answering, `none` answers it.
 */
export type Fault = 'none' | 'refuse' | 'hang' | 'drop'

export type TestStripe = {
  readonly url: string
  readonly provider: HostedProvider
  readonly providerOptions: TestPaymentService['providerOptions']
  readonly control: TestPaymentService['control']
  /** Paths of the requests to the API, with their method. */
  readonly requests: string[]
  /** Each request to a path that matches takes the next fault; those without one are answered. */
  readonly failNext: (path: RegExp, ...faults: readonly Fault[]) => void
  /** Submits the payment page, as a shopper does. Resolves with the answer, a redirect if it is paid. */
  readonly pay: (ref: string, card?: string) => Promise<Response>
  readonly debit: (ref: string) => Promise<Response>
  readonly authenticate: (ref: string, answer: 'complete' | 'fail') => Promise<Response>
  /** Stops it and starts another one on the same data, as after a kill. */
  readonly restart: () => Promise<TestStripe>
}

export type TestStripeOptions = {
  readonly now?: () => Date
  /** Gets the events; by default nobody does, and they count as taken. */
  readonly send?: SendEvent
  readonly dataDir?: string
  readonly lateMs?: number
}

/** Starts the stand-in; it ends after the tests of this file. */
export const startTestStripe = async (options: TestStripeOptions = {}): Promise<TestStripe> => {
  const { now = () => new Date(), dataDir = temporaryFolder(), send = async () => 200 } = options
  const errors: unknown[] = []
  const service = createTestPayments({
    dataDir,
    shopName: 'CloudShelf',
    now,
    send,
    report: error => errors.push(error),
    ...(options.lateMs === undefined ? {} : { lateMs: options.lateMs }),
  })
  registerSecret('key of test payments', service.providerOptions.secretKey)
  const faults: { readonly path: RegExp; readonly fault: Fault }[] = []
  const requests: string[] = []
  const answer = service.wrap(async (_request: Request) => new Response(null, { status: 404 }))
  const server = createServer(
    getRequestListener(async (request, env) => {
      const { incoming } = env as HttpBindings
      const { pathname } = new URL(request.url)
      if (pathname.startsWith('/dev/stripe'))
        requests.push(`${request.method} ${pathname.slice('/dev/stripe'.length)}`)
      const index = faults.findIndex(({ path }) => path.test(pathname))
      const [found] = index < 0 ? [] : faults.splice(index, 1)
      if (found?.fault === 'refuse')
        return Response.json({ error: { type: 'api_error', message: 'broken' } }, { status: 500 })
      if (found?.fault === 'hang') return new Promise<Response>(() => {})
      const response = await answer(request)
      if (found?.fault === 'drop') incoming.socket.destroy()
      return response
    }),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  service.start({ host: '127.0.0.1', port, publicUrl: url })
  const stop = async () => {
    await service.stop()
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    if (errors.length > 0) throw new AggregateError(errors, 'the stand-in for Stripe has failed')
  }
  let stopped: Promise<void> | undefined
  onCleanup(() => {
    stopped ??= stop()
    return stopped
  })
  const submit = (path: string, fields: Record<string, string>) =>
    fetch(`${url}/dev/pay/${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })
  return {
    url,
    provider: service.provider,
    providerOptions: service.providerOptions,
    control: service.control,
    requests,
    failNext: (path, ...next) => void faults.push(...next.map(fault => ({ path, fault }))),
    pay: (ref, number = CARDS.pays) => submit(ref, { method: 'card', number, expiry: '12 / 49', cvc: '123' }),
    debit: ref => submit(ref, { method: 'debit' }),
    authenticate: (ref, given) => submit(`${ref}/authenticate`, { answer: given }),
    restart: async () => {
      stopped ??= stop()
      await stopped
      return startTestStripe({ ...options, dataDir })
    },
  }
}

let orders = 0

/** A checkout to open a payment page for; each has an order id of its own. */
export const testCheckout = (
  changes: Partial<Omit<HostedCheckout, 'amount'>> & { readonly amount?: number } = {},
): HostedCheckout => {
  const currency: Currency = changes.currency ?? USD
  const amount: MinorUnits = minorUnits(changes.amount ?? 4299)
  const day = new Date().toISOString().slice(0, 10)
  return {
    orderId: `order-${day}-00000${++orders}`,
    orderNumber: `CS-${orders}`,
    attempt: 1,
    email: 'reader@example.com',
    description: 'Dune and 1 more book',
    returnUrl: 'http://localhost:3000/checkout/paying/1',
    cancelUrl: 'http://localhost:3000/checkout',
    ...changes,
    amount,
    currency,
  }
}
