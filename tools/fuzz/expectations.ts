/** Each group of the corpus where it is at home: there every entry has to be answered as it expects. */
import { normalizeEmail } from '#src/accounts/email.ts'
import { bytesOf, corpus, type Entry, encoded, isExpected, jsonOf, textOf } from './corpus.ts'
import type { Ledger } from './oracle.ts'
import { endpointOf, mayCall, neededHeaders, type Seen, type Sent, type Target } from './target.ts'

type Home = {
  readonly group: string
  readonly request: (entry: Entry, target: Target) => Omit<Sent, 'why'>
  /** What was given back of what was sent. */
  readonly taken?: (seen: Seen, entry: Entry) => unknown
}

const at = (id: string, more: Partial<Sent>): Omit<Sent, 'why'> => {
  const endpoint = endpointOf(id)
  return { endpoint, as: mayCall(endpoint), path: endpoint.path, headers: neededHeaders(endpoint), ...more }
}
const json = (fields: Record<string, string>): string =>
  `{${Object.entries(fields).map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}`

const ownEmail = (entry: Entry) => normalizeEmail(textOf(entry)) === (entry.as ?? textOf(entry))

const HOMES: readonly Home[] = [
  {
    group: 'numbers',
    request: entry =>
      at('setCartItem', { path: '/api/cart/items/tech-001', body: json({ quantity: jsonOf(entry) }) }),
    taken: ({ body }, entry) =>
      body.items[0]?.quantity === Number(jsonOf(entry)) ? undefined : 'another number',
  },
  {
    group: 'strings',
    request: entry => at('changeProfile', { body: json({ first_name: jsonOf(entry) }) }),
    taken: ({ body }) => body.first_name,
  },
  {
    group: 'expressions',
    request: entry => at('changeProfile', { body: json({ last_name: jsonOf(entry) }) }),
    taken: ({ body }) => body.last_name,
  },
  {
    group: 'keys',
    request: entry =>
      at('getBook', { path: `/api/books/${entry.path ?? encoded(textOf(entry))}`, elsewhere: true }),
  },
  {
    group: 'emails',
    request: entry => at('resendVerification', { body: json({ email: jsonOf(entry) }) }),
    taken: (_, entry) => (ownEmail(entry) ? undefined : 'another address'),
  },
  {
    group: 'passwords',
    request: entry =>
      at('signUp', {
        body: json({ email: JSON.stringify(`${crypto.randomUUID()}@example.com`), password: jsonOf(entry) }),
      }),
  },
  {
    group: 'json',
    request: entry =>
      at('addCartItem', {
        body: entry.raw === undefined ? (entry.json ?? textOf(entry)) : bytesOf(entry),
        headers: { 'content-type': entry.type ?? 'application/json' },
      }),
    taken: () => undefined,
  },
  {
    group: 'idempotency-keys',
    request: (entry, { bodies }) =>
      at('placeOrder', {
        body: JSON.stringify(bodies.placeOrder),
        headers: { 'idempotency-key': textOf(entry) },
      }),
  },
  {
    group: 'tokens',
    request: entry =>
      at('getProfile', {
        as: 'anybody',
        headers: { cookie: `cloudshelf_session=${encodeURIComponent(textOf(entry))}` },
      }),
  },
  {
    group: 'urls',
    request: entry =>
      at('changeBook', { path: '/api/books/tech-001', body: json({ image_url: jsonOf(entry) }) }),
    taken: ({ body }) => body.image_url,
  },
  {
    group: 'files',
    request: entry =>
      at('putCover', {
        path: '/api/books/tech-001/cover',
        body: bytesOf(entry),
        headers: { 'content-type': entry.type ?? 'image/jpeg' },
      }),
  },
]

/** Groups with a pass of their own: live cursors, requests on a socket, stories, and what is tried at every endpoint. */
export const ELSEWHERE = ['cursors', 'http', 'scenarios', 'fields', 'headers', 'queries']
export const homes = HOMES.map(({ group }) => group)

/** A header can hold only so much; what no client can send is left out. */
const canBeSent = ({ headers = {} }: Omit<Sent, 'why'>): boolean =>
  Object.values(headers).every(text => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))

export const atHome = async (target: Target, { send }: Ledger): Promise<void> => {
  for (const { group, request, taken } of HOMES) {
    const entries = new Map<Sent, Entry>()
    for (const entry of corpus(group)) {
      const made = request(entry, target)
      if (canBeSent(made)) entries.set({ ...made, why: entry.id }, entry)
    }
    await send([...entries.keys()], (sent, seen) => {
      const entry = entries.get(sent)
      if (!entry || isExpected(entry, seen.status, seen.status < 300 ? taken?.(seen, entry) : undefined))
        return undefined
      return `should be ${JSON.stringify(entry.expect)}: ${entry.why}`
    })
  }
}
