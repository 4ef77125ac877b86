/**
 * Part of the CloudFront function that keeps of a public page's query what the page knows (src/pages/public-pages.ts), in one
 * order, because the query is part of the cache key. A cache policy takes ten names at most and a book list has more. The rest goes
 * on in a header that is in no key, from which only redirects are made.
 */
import { PUBLIC_PAGES, ROUTES_PARAM, UNKEYED_QUERY } from '#src/pages/public-pages.ts'

const PAGES = PUBLIC_PAGES.map(
  ({ path, route, params, cachingParams = [] }) =>
    `  [${path}, ${JSON.stringify(route)}, ${JSON.stringify([...Object.keys(params), ...cachingParams])}],`,
)

/** `keepKnownQuery(request)` gives the request of a public page with the query that is in the key, and any other as it is. */
export const PAGE_QUERIES_CODE = `var PAGES = [
${PAGES.join('\n')}
];

function decode(text) {
  try { return decodeURIComponent(text.replace(/\\+/g, ' ')); } catch (error) { return text; }
}

function keepKnownQuery(request) {
  delete request.headers['${UNKEYED_QUERY}'];
  var isData = request.uri.slice(-5) === '.data';
  var path = isData ? request.uri.slice(0, -5) : request.uri;
  var page = PAGES.find(function (one) { return one[0].test(path); });
  if (!page) return request;
  var keyed = {};
  var unkeyed = [];
  Object.keys(request.querystring).forEach(function (name) {
    var sent = request.querystring[name];
    (sent.multiValue || [sent]).forEach(function (one) {
      var pair = name + '=' + one.value;
      var isRoutes = isData && decode(name) === '${ROUTES_PARAM}';
      if (isRoutes ? decode(one.value) === page[1] : page[2].indexOf(decode(name)) >= 0)
        keyed[name] = (keyed[name] || []).concat([pair]);
      else if (!isRoutes) unkeyed.push(pair);
    });
  });
  request.querystring = Object.keys(keyed).sort().map(function (name) { return keyed[name].join('&'); }).join('&');
  var rest = unkeyed.join('&');
  if (rest !== '' && rest.length <= 2000 && /^[!-~]*$/.test(rest))
    request.headers['${UNKEYED_QUERY}'] = { value: rest };
  return request;
}
`
