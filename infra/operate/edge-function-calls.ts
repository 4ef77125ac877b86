/** Calls about the CloudFront function of requests: the code that runs, and its replacement. */
import { VIEWER_REQUEST_COMMENT, VIEWER_REQUEST_RUNTIME } from '../edge/viewer-request.ts'
import { type Calls, expectOk, OperatorError } from './calls.ts'

export type EdgeFunctionCalls = {
  /** The code of the function that runs; undefined if there is no such function. */
  readonly edgeFunctionCode: (name: string) => Promise<string | undefined>
  /** Replaces the code and publishes it: CloudFront runs it everywhere within seconds to minutes. */
  readonly publishEdgeFunction: (name: string, code: string) => Promise<void>
}

const API = '/2020-05-31/function'

export const createEdgeFunctionCalls = ({ cloudFront }: Pick<Calls, 'cloudFront'>): EdgeFunctionCalls => ({
  edgeFunctionCode: async name => {
    const answer = await cloudFront('GET', `${API}/${name}?Stage=LIVE`)
    if (answer.status === 404) return undefined
    return expectOk(Promise.resolve(answer), `function ${name}`)
  },

  publishEdgeFunction: async (name, code) => {
    const { etag, ...described } = await cloudFront('GET', `${API}/${name}/describe?Stage=DEVELOPMENT`)
    await expectOk(Promise.resolve(described), `function ${name}`)
    const config = `<Comment>${VIEWER_REQUEST_COMMENT}</Comment><Runtime>${VIEWER_REQUEST_RUNTIME.value}</Runtime>`
    const updated = await cloudFront(
      'PUT',
      `${API}/${name}`,
      { 'if-match': etag ?? '', 'content-type': 'text/xml' },
      `<?xml version="1.0" encoding="UTF-8"?>
<UpdateFunctionRequest xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><FunctionConfig>${config}</FunctionConfig><FunctionCode>${Buffer.from(code).toString('base64')}</FunctionCode></UpdateFunctionRequest>`,
    )
    if (updated.status === 412)
      throw new OperatorError('somebody else has just changed the function: repeat the command')
    await expectOk(Promise.resolve(updated), `updating function ${name}`)
    const published = cloudFront('POST', `${API}/${name}/publish`, { 'if-match': updated.etag ?? '' })
    await expectOk(published, `publishing function ${name}`)
  },
})
