/** Primary target of each corpus group: the endpoint whose responses must be what the entries expect. */
import { normalizeEmail } from '#src/accounts/email.ts'
import {
  type CorpusEntry,
  entryBytes,
  entryJson,
  entryText,
  matchesExpectation,
  percentEncode,
  readCorpus,
} from './corpus.ts'
import type { Runner } from './runner.ts'
import {
  allowedCaller,
  type FuzzRequest,
  type FuzzResponse,
  findEndpoint,
  requiredHeaders,
  type Target,
} from './target.ts'

type PrimaryTarget = {
  readonly group: string
  readonly request: (entry: CorpusEntry, target: Target) => Omit<FuzzRequest, 'why'>
  /** Returns the value that was echoed. */
  readonly echoed?: (response: FuzzResponse, entry: CorpusEntry) => unknown
}

const requestTo = (id: string, more: Partial<FuzzRequest>): Omit<FuzzRequest, 'why'> => {
  const endpoint = findEndpoint(id)
  return {
    endpoint,
    as: allowedCaller(endpoint),
    path: endpoint.path,
    headers: requiredHeaders(endpoint),
    ...more,
  }
}
const jsonObject = (fields: Record<string, string>): string =>
  `{${Object.entries(fields).map(([name, text]) => `${JSON.stringify(name)}:${text}`)}}`

const isSameEmail = (entry: CorpusEntry) =>
  normalizeEmail(entryText(entry)) === (entry.as ?? entryText(entry))

const PRIMARY_TARGETS: readonly PrimaryTarget[] = [
  {
    group: 'numbers',
    request: entry =>
      requestTo('setCartItem', {
        path: '/api/cart/items/tech-001',
        body: jsonObject({ quantity: entryJson(entry) }),
      }),
    echoed: ({ body }, entry) =>
      body.items[0]?.quantity === Number(entryJson(entry)) ? undefined : 'another number',
  },
  {
    group: 'strings',
    request: entry => requestTo('changeProfile', { body: jsonObject({ first_name: entryJson(entry) }) }),
    echoed: ({ body }) => body.first_name,
  },
  {
    group: 'expressions',
    request: entry => requestTo('changeProfile', { body: jsonObject({ last_name: entryJson(entry) }) }),
    echoed: ({ body }) => body.last_name,
  },
  {
    group: 'keys',
    request: entry =>
      requestTo('getBook', {
        path: `/api/books/${entry.path ?? percentEncode(entryText(entry))}`,
        mayReroute: true,
      }),
  },
  {
    group: 'emails',
    request: entry => requestTo('resendVerification', { body: jsonObject({ email: entryJson(entry) }) }),
    echoed: (_, entry) => (isSameEmail(entry) ? undefined : 'another address'),
  },
  {
    group: 'passwords',
    request: entry =>
      requestTo('signUp', {
        body: jsonObject({
          email: JSON.stringify(`${crypto.randomUUID()}@example.com`),
          password: entryJson(entry),
        }),
      }),
  },
  {
    group: 'json',
    request: entry =>
      requestTo('addCartItem', {
        body: entry.raw === undefined ? (entry.json ?? entryText(entry)) : entryBytes(entry),
        headers: { 'content-type': entry.type ?? 'application/json' },
      }),
    echoed: () => undefined,
  },
  {
    group: 'idempotency-keys',
    request: (entry, { bodies }) =>
      requestTo('placeOrder', {
        body: JSON.stringify(bodies.placeOrder),
        headers: { 'idempotency-key': entryText(entry) },
      }),
  },
  {
    group: 'tokens',
    request: entry =>
      requestTo('getProfile', {
        as: 'anonymous',
        headers: { cookie: `cloudshelf_session=${encodeURIComponent(entryText(entry))}` },
      }),
  },
  {
    group: 'urls',
    request: entry =>
      requestTo('changeBook', {
        path: '/api/books/tech-001',
        body: jsonObject({ image_url: entryJson(entry) }),
      }),
    echoed: ({ body }) => body.image_url,
  },
  {
    group: 'files',
    request: entry =>
      requestTo('putCover', {
        path: '/api/books/tech-001/cover',
        body: entryBytes(entry),
        headers: { 'content-type': entry.type ?? 'image/jpeg' },
      }),
  },
]

/** Groups that have a pass of their own: cursors, raw sockets, scenarios, and groups request to every endpoint. */
export const GROUPS_WITH_OWN_PASS = ['cursors', 'http', 'scenarios', 'fields', 'headers', 'queries']
export const GROUPS_WITH_TARGET = PRIMARY_TARGETS.map(({ group }) => group)

/** Whether the headers can be request at all: HTTP allows only some characters. */
const isSendable = ({ headers = {} }: Omit<FuzzRequest, 'why'>): boolean =>
  Object.values(headers).every(text => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))

export const checkExpectations = async (target: Target, { send }: Runner): Promise<void> => {
  for (const { group, request: createRequest, echoed } of PRIMARY_TARGETS) {
    const entries = new Map<FuzzRequest, CorpusEntry>()
    for (const entry of readCorpus(group)) {
      const made = createRequest(entry, target)
      if (isSendable(made)) entries.set({ ...made, why: entry.id }, entry)
    }
    await send([...entries.keys()], (request, response) => {
      const entry = entries.get(request)
      if (
        !entry ||
        matchesExpectation(
          entry,
          response.status,
          response.status < 300 ? echoed?.(response, entry) : undefined,
        )
      )
        return undefined
      return `should be ${JSON.stringify(entry.expect)}: ${entry.why}`
    })
  }
}
