/**
 * CloudFront function that keeps of a public page's query what the page knows (src/pages/public-pages.ts), in one order, because
 * the query is part of the cache key. A cache policy takes ten names at most and a book list has more. The rest goes on in a
 * header that is in no key, from which only redirects are made.
 */
import { Function as EdgeFunction, FunctionCode, FunctionRuntime } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import { PUBLIC_PAGES, ROUTES_PARAM, UNKEYED_QUERY } from '#src/pages/public-pages.ts'

/** CloudFront's limit for the code of a function, in bytes. */
export const MAX_CODE_BYTES = 10_240

const PAGES = PUBLIC_PAGES.map(
  ({ path, route, params, cachingParams = [] }) =>
    `  [${path}, ${JSON.stringify(route)}, ${JSON.stringify([...Object.keys(params), ...cachingParams])}],`,
)

/** Written for CloudFront's JavaScript runtime 2.0, which does not know all of the language. */
export const PAGE_QUERIES_CODE = `var PAGES = [
${PAGES.join('\n')}
];

function decode(text) {
  try { return decodeURIComponent(text.replace(/\\+/g, ' ')); } catch (error) { return text; }
}

function handler(event) {
  var request = event.request;
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

/** `name` is the function's, which is unique per account. */
export const createPageQueries = (scope: Construct, name: string): EdgeFunction =>
  new EdgeFunction(scope, 'PageQueries', {
    functionName: name,
    comment: 'Keeps of the query of a public page what the page knows',
    runtime: FunctionRuntime.JS_2_0,
    code: FunctionCode.fromInline(PAGE_QUERIES_CODE),
  })
