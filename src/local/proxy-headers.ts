/** Headers of proxies: a request that has one came from elsewhere, whatever its Host header and its connection say. */

const PROXY_HEADERS =
  /^(forwarded|via|x-forwarded(-.*)?|x-real-ip|x-(original|cluster|client|trusted|envoy|arr)-.*|true-client-ip|cf-.*|cloudfront-.*|cdn-loop)$/

/** Whether these names of headers (in lower case) include one that only a proxy sets. */
export const cameThroughProxy = (names: Iterable<string>): boolean => {
  for (const name of names) if (PROXY_HEADERS.test(name)) return true
  return false
}
