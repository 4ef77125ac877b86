/**
 * Test payments of a local shop: a stand-in for Stripe inside the shop, so that `npm start` takes a payment offline through the
 * code that runs in production. It exists only if the shop, its database and the browser are all on this machine, and no key of
 * Stripe's is set.
 */
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import type { Settings } from '../../composition/settings.ts'
import { ShopError } from '../../core/errors.ts'
import { checkCsrf } from '../../http/csrf.ts'
import { problem } from '../../http/problem.ts'
import type { HostedProvider } from '../../payments/provider.ts'
import { createStripeProvider, type StripeProviderOptions } from '../../payments/stripe/provider.ts'
import { isLocalRequest, isMailboxEnabled } from '../mailbox.ts'
import { readOrCreateSecret } from '../secrets.ts'
import { createTestApi } from './api.ts'
import { createDeliveries, type SendEvent } from './deliveries.ts'
import { createTestDisputes, type TestDisputes } from './disputes.ts'
import { createTestPages } from './page-routes.ts'
import { createTestPaymentState, type Emit, type TestPayments } from './payments.ts'
import { createTestRefunds, type TestRefunds } from './refunds.ts'
import { createTestStore, type Trouble } from './store.ts'

const PATHS = /^\/dev\/(stripe|pay)(\/|$)/
const SEND_MS = 10_000
const LATE_MS = 20_000
/** Milliseconds between looks for pages whose time is over. */
const EXPIRY_MS = 5_000

/** Whether test payments exist: on this machine alone, without a key of Stripe's, unless the methods of payment leave them out. */
export const areTestPaymentsEnabled = (settings: Settings): boolean => {
  const { stripe, methods = ['stripe'] } = settings.payment
  return stripe.secretKey === undefined && methods.includes('stripe') && isMailboxEnabled(settings)
}

/** The key of the stand-in, and where it is. `shopUrl` is that of the shop on this machine. Call it while the shop runs. */
export const testProviderOptions = (
  dataDir: string,
  shopUrl: () => string,
): TestPaymentService['providerOptions'] => {
  const secret = readOrCreateSecret(
    dataDir,
    'test-payments-secret',
    'test payments that are open cannot be completed',
  )
  return {
    secretKey: `sk_offline_${secret}`,
    webhookSecrets: [`whsec_${createHmac('sha256', secret).update('events').digest('base64url')}`],
    server: () => new URL('/dev/stripe', shopUrl()),
  }
}

/** Where the shop is, once it listens. */
export type ShopAddress = {
  readonly host: string
  readonly port: number
  /** URL at which browsers reach it. */
  readonly publicUrl: string
}

export type TestPaymentsOptions = {
  readonly dataDir: string
  readonly shopName: string
  readonly now: () => Date
  readonly report: (error: unknown) => void
  /** By default events are sent to the event endpoint of the shop. */
  readonly send?: SendEvent
  readonly lateMs?: number
}

export type TestPaymentService = {
  /** The provider of production, with the stand-in as its Stripe. */
  readonly provider: HostedProvider
  /** What the provider was created with. */
  readonly providerOptions: Pick<StripeProviderOptions, 'secretKey' | 'webhookSecrets' | 'server'>
  /** Answers requests for /dev/stripe and /dev/pay, and passes others on. */
  readonly wrap: <A extends unknown[]>(
    fetch: (request: Request, ...rest: A) => Promise<Response>,
  ) => (request: Request, ...rest: A) => Promise<Response>
  /** Starts to deliver events. Call it once the shop listens. */
  readonly start: (address: ShopAddress) => void
  readonly stop: () => Promise<void>
  /** What a dashboard, banks and shoppers do. */
  readonly control: Omit<TestPayments, 'put' | 'create'> &
    TestRefunds &
    TestDisputes & { readonly setTrouble: (trouble: Trouble) => void }
}

/** Creates the stand-in, with its keys and its state in the data folder. Call it while the folder is locked. */
export const createTestPayments = (options: TestPaymentsOptions): TestPaymentService => {
  const { dataDir, shopName, now, report, lateMs = LATE_MS } = options
  const providerOptions = testProviderOptions(dataDir, () => whereIs('own'))
  const { secretKey } = providerOptions
  const [webhookSecret = ''] = providerOptions.webhookSecrets
  const store = createTestStore(join(dataDir, 'test-payments.jsonl'))
  let address: { readonly own: string; readonly publicUrl: string } | undefined
  let expiry: NodeJS.Timeout | undefined
  const whereIs = (name: 'own' | 'publicUrl'): string => {
    if (!address) throw new Error('test payments have not been started')
    return address[name]
  }

  const sendToShop: SendEvent = async (body, headers, signal) => {
    const response = await fetch(`${whereIs('own')}/api/payments/events/stripe`, {
      method: 'POST',
      body,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_MS)]),
    })
    await response.body?.cancel()
    return response.status
  }

  const deliveries = createDeliveries({
    ...{ store, webhookSecret, now, report, lateMs },
    send: options.send ?? sendToShop,
  })
  const emit: Emit = deliveries.emit
  const payments = createTestPaymentState({ store, now, emit })
  const refunds = createTestRefunds(payments, { now, emit })
  const disputes = createTestDisputes(payments, { now, emit })
  const pageUrl = (id: string) => `${whereIs('publicUrl')}/dev/pay/${id}`
  const api = createTestApi({ store, payments, refunds, secretKey, now, pageUrl })
  const pages = createTestPages({ store, payments, refunds, disputes, shopName, now })

  const answer = async (request: Request, part: string): Promise<Response> => {
    try {
      if (part === 'stripe') return await api.fetch(request)
      checkCsrf(request, new Set([new URL(whereIs('publicUrl')).origin]))
      return await pages.fetch(request)
    } catch (error) {
      if (!(error instanceof ShopError)) report(error)
      return problem(
        error instanceof ShopError ? error : new ShopError('internal_error', 'The error has been logged.'),
      )
    }
  }

  return {
    provider: createStripeProvider({ ...providerOptions, now }),
    providerOptions,
    // Outside of the shop's load shedding: a checkout that waits for this answer holds a slot itself.
    wrap:
      fetch =>
      async (request, ...rest) => {
        const [, part] = PATHS.exec(new URL(request.url).pathname) ?? []
        return part !== undefined && isLocalRequest(request) ? answer(request, part) : fetch(request, ...rest)
      },
    start: ({ host, port, publicUrl }) => {
      address = { own: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, publicUrl }
      deliveries.start()
      expiry = setInterval(payments.expireDue, EXPIRY_MS).unref()
    },
    stop: async () => {
      clearInterval(expiry)
      await deliveries.stop()
    },
    control: {
      ...payments,
      ...refunds,
      ...disputes,
      setTrouble: trouble => store.put('trouble', 'now', trouble),
    },
  }
}

/** The test payments that the settings describe; undefined where there are none. Call it while the data folder is locked. */
export const loadTestPayments = (settings: Settings, report: (error: unknown) => void) =>
  areTestPaymentsEnabled(settings)
    ? createTestPayments({
        dataDir: settings.dataDir,
        shopName: settings.shop.name,
        now: () => new Date(),
        report,
      })
    : undefined
