/** OpenAPI document of all endpoints of the shop. Bundles of functions contain it pre-generated. */
import { ENDPOINTS } from '../composition/endpoints.ts'
import { DEFAULT_SHOP_NAME } from '../core/shop-profile.ts'
import { createOpenApiDocument } from './document.ts'

/** The OpenAPI 3.1 document of the shop of this name, served from `serverUrl`. */
export const createShopDocument = (serverUrl = '/', name = DEFAULT_SHOP_NAME) =>
  createOpenApiDocument(ENDPOINTS, serverUrl, name)
