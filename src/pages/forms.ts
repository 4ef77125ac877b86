/** Forms of the pages: their bytes, checked once before a page reads them. */
import { ShopError } from '../core/errors.ts'
import type { ReceiveBody } from '../http/body-budget.ts'

/** Media types that a browser sends forms as. */
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i

/**
 * The bytes of a form of at most `maxBytes`. Throws unsupported_media_type for anything but a form, malformed_request for a form that
 * cannot be read, and what `receive` throws.
 */
export const readFormBytes = async (
  request: Request,
  maxBytes: number,
  receive: ReceiveBody,
): Promise<Uint8Array> => {
  const type = request.headers.get('content-type') ?? ''
  if (!FORM.test(type))
    throw new ShopError('unsupported_media_type', 'This page takes the form that it shows, and nothing else.')
  const bytes = await receive(maxBytes)
  try {
    await new Response(bytes as BodyInit, { headers: { 'content-type': type } }).formData()
  } catch {
    throw new ShopError('malformed_request', 'The form could not be read.')
  }
  return bytes
}
