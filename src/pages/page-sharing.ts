/** How long shared caches may keep a page: no longer than any response of the API that it was made from. */
import { BRIEF_SECONDS, PROVISIONAL_SECONDS, sharedSecondsOf } from '../http/shared-caching.ts'

type ApiFetch = (request: Request) => Promise<Response>

export type ObservedFetch = {
  readonly fetch: ApiFetch
  /** Seconds for a page of the responses so far; BRIEF_SECONDS for one that needs none. */
  readonly sharedSeconds: () => number
}

/** `fetch` of one page. A response that must not be kept, such as an error, leaves a page that may be whole in a moment. */
export const observeSharing = (fetch: ApiFetch): ObservedFetch => {
  let least: number | undefined
  const observe = (seconds: number): void => {
    least = Math.min(least ?? seconds, seconds)
  }
  return {
    fetch: async request => {
      try {
        const response = await fetch(request)
        observe(sharedSecondsOf(response.headers.get('cache-control')) ?? PROVISIONAL_SECONDS)
        return response
      } catch (error) {
        observe(PROVISIONAL_SECONDS)
        throw error
      }
    },
    sharedSeconds: () => least ?? BRIEF_SECONDS,
  }
}
