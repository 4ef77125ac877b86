/** OpenAPI document of all endpoints of the shop. Bundles of functions contain it pre-generated. */
import { ENDPOINTS } from '../composition/endpoints.ts'
import { createOpenApiDocument } from './document.ts'

/** The shop's OpenAPI 3.1 document, served from `serverUrl`. */
export const createShopDocument = (serverUrl = '/') => createOpenApiDocument(ENDPOINTS, serverUrl)
