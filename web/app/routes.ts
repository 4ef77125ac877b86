/** The addresses of the pages. */
import { index, type RouteConfig, route } from '@react-router/dev/routes'

export default [
  index('routes/home.tsx'),
  route('category/:category', 'routes/category.tsx'),
  route('search', 'routes/search.tsx'),
  route('books/:bookId/:slug?', 'routes/book.tsx'),
  route('cart', 'routes/cart.tsx'),
  route('cart/count', 'routes/cart-count.ts'),
  route('checkout', 'routes/checkout.tsx'),
  route('orders', 'routes/orders.tsx'),
  route('orders/find', 'routes/find-order.tsx'),
  route('orders/open', 'routes/open-order.tsx'),
  route('orders/:orderId', 'routes/order.tsx'),
  route('orders/:orderId/confirmed', 'routes/order-confirmed.tsx'),
  route('about', 'routes/about.tsx'),
  route('privacy', 'routes/privacy.tsx'),
  route('covers/:file', 'routes/cover.ts'),
  route('*', 'routes/not-found.tsx'),
] satisfies RouteConfig
