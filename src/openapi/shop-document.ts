/** The document of all the shop's endpoints. A function has it in writing, as it was when its bundle was made (infra/bundle.ts). */
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createOpenApiDocument } from './document.ts'

/** The shop's OpenAPI 3.1 document, served from `serverUrl`. */
export const createShopDocument = (serverUrl = '/') => createOpenApiDocument(ENDPOINTS, serverUrl)
