/** Shopper of Vendure: GraphQL, one mutation per step, a bearer token per guest. */
import * as z from 'zod'
import { expectSuccess } from './http.ts'
import { type Answer, type Basket, type Call, RefusedError, type Shopping } from './peer.ts'

export const SHOP_API = '/shop-api'

export const SEARCH =
  'query S($input: SearchInput!) { search(input: $input) { totalItems items { productId productName slug priceWithTax { ... on SinglePrice { value } ... on PriceRange { min max } } productAsset { preview } } } }'
export const BOOK =
  'query P($slug: String!) { product(slug: $slug) { id name slug description customFields { author publicationYear } featuredAsset { preview } facetValues { name facet { name } } variants { id sku name price priceWithTax currencyCode stockLevel } } }'

const OUTCOME =
  '__typename ... on Order { id } ... on ErrorResult { errorCode message } ... on OrderStateTransitionError { transitionError }'
const MADE = '__typename ... on Order { id state } ... on ErrorResult { errorCode message }'
const ADD = `mutation A($id: ID!) { addItemToOrder(productVariantId: $id, quantity: 1) { __typename ... on Order { id code state totalWithTax totalQuantity lines { id quantity linePriceWithTax productVariant { name } } } ... on ErrorResult { errorCode message } } }`
const CUSTOMER = `mutation C($i: CreateCustomerInput!) { setCustomerForOrder(input: $i) { ${OUTCOME.replace(' ... on OrderStateTransitionError { transitionError }', '')} } }`
const ADDRESS = `mutation C($i: CreateAddressInput!) { setOrderShippingAddress(input: $i) { ${MADE} } }`
const METHODS = '{ eligibleShippingMethods { id code } }'
const METHOD = `mutation C($i: [ID!]!) { setOrderShippingMethod(shippingMethodId: $i) { ${MADE} } }`
const ARRANGE = `mutation { transitionOrderToState(state: "ArrangingPayment") { __typename ... on Order { id state } ... on OrderStateTransitionError { errorCode message transitionError } } }`
const PAY = `mutation { addPaymentToOrder(input: { method: "dummy", metadata: {} }) { ${MADE} } }`

const Result = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})
const Outcome = z.object({ __typename: z.string(), state: z.string().optional() })
const Methods = z.array(z.object({ id: z.string(), code: z.string() }))
const Found = z.object({ items: z.array(z.object({ productId: z.string() })) })

/** GraphQL always responds with 200: `errors` are server errors, results that are not orders are refusals. */
const readData = (step: string, answer: Answer): unknown => {
  const { data, errors } = Result.parse(expectSuccess(step, answer))
  if (errors || !data) throw new RefusedError(step, answer, true)
  return Object.values(data)[0]
}

const expectOrder = (step: string, answer: Answer): { state?: string | undefined } => {
  const outcome = Outcome.parse(readData(step, answer))
  if (outcome.__typename !== 'Order') throw new RefusedError(step, answer)
  return outcome
}

export const createVendureShopping = (): Shopping => {
  const ask = (call: Call, query: string, variables: object, token?: string): Promise<Answer> =>
    call('POST', SHOP_API, {
      ...(token ? { headers: { authorization: `Bearer ${token}` } } : {}),
      body: { query, variables },
    })
  let shipping: string | undefined
  const shippingMethod = async (call: Call, token: string): Promise<string> => {
    if (shipping) return shipping
    const methods = Methods.parse(readData('methods', await ask(call, METHODS, {}, token)))
    shipping = methods.find(({ code }) => code === 'standard-shipping')?.id
    if (!shipping) throw new Error('Vendure has no standard shipping')
    return shipping
  }

  const fill = async (call: Call, titles: readonly string[]): Promise<Basket> => {
    let token: string | undefined
    for (const id of titles) {
      const answer = await ask(call, ADD, { id }, token)
      expectOrder('addItemToOrder', answer)
      const given = answer.headers['vendure-auth-token']
      token ??= typeof given === 'string' ? given : undefined
    }
    if (!token) throw new Error('Vendure gave no token')
    return { token }
  }

  const approach = async (call: Call, { token = '' }: Basket, guest: number): Promise<Basket> => {
    const emailAddress = `guest-${guest}@example.com`
    const step = async (name: string, query: string, i: unknown): Promise<void> => {
      expectOrder(name, await ask(call, query, { i }, token))
    }
    await step('setCustomerForOrder', CUSTOMER, { firstName: 'Ann', lastName: 'Reader', emailAddress })
    await step('setOrderShippingAddress', ADDRESS, {
      fullName: 'Ann Reader',
      streetLine1: '1 Book Street',
      city: 'Berlin',
      postalCode: '10115',
      countryCode: 'DE',
    })
    await step('setOrderShippingMethod', METHOD, [await shippingMethod(call, token)])
    await step('transitionOrderToState', ARRANGE, undefined)
    return { token }
  }

  const pay = async (call: Call, { token = '' }: Basket): Promise<void> => {
    const answer = await ask(call, PAY, {}, token)
    const { state } = expectOrder('addPaymentToOrder', answer)
    if (state !== 'PaymentSettled') throw new RefusedError('addPaymentToOrder', answer)
  }

  const firstFound = async (call: Call, term: string): Promise<number | undefined> => {
    const input = { term, groupByProduct: true, take: 24, skip: 0 }
    const { items } = Found.parse(readData('search', await ask(call, SEARCH, { input })))
    const first = items[0]
    // Books were imported in order into an empty database, so ids count from 1.
    return first && Number(first.productId) - 1
  }
  return { fillCart: fill, prepareOrder: approach, pay, findFirst: firstFound }
}
