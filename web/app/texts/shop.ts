/** Texts of the storefront: header, home page, lists of books, book page and error pages. */
import { formatCount, plural } from './locale.ts'

export const shop = {
  tagline: 'An independent bookshop',
  skipToContent: 'Skip to content',
  search: 'Search',
  searchPlaceholder: 'Title, author, or ISBN',
  suggestions: 'Suggestions',
  suggestionKind: { book: 'Book', author: 'Author', category: 'Category' },
  suggestionCount: (count: number) => plural(count, 'suggestion', 'suggestions'),
  categories: 'Categories',
  ourCategories: 'Our shelves',
  allCategories: (count: number) => `All ${formatCount(count)} categories`,
  accountNav: 'Account, orders, and cart',
  account: 'Account',
  allBooks: 'All books',
  help: 'Help & info',
  orders: 'Your orders',
  ordersShort: 'Orders',
  findOrder: 'Find an order',
  about: 'About us',
  terms: 'Terms',
  privacy: 'Privacy',
  yourData: 'Cookies and your data',
  contact: 'Contact',
  taxId: 'Tax ID',
  cart: 'Cart',
  cartCount: (count: number) => plural(count, 'book in your cart', 'books in your cart'),
  loading: 'Loading',
  continueShopping: 'Continue shopping',
}

export const home = {
  title: (shop: string) => `${shop}, an independent bookshop`,
  description: (isInvoiceOnly: boolean) =>
    `Good books, chosen with care and shipped to your door. Browse our shelves${isInvoiceOnly ? ', find your next read, and pay by invoice.' : ' and find your next read.'}`,
  heading: 'Good books, and time to find them.',
  intro: (books: number, categories: number, isInvoiceOnly: boolean) =>
    `${plural(books, 'book', 'books')} on ${plural(categories, 'shelf', 'shelves')}. ${isInvoiceOnly ? 'Order now, pay later: the invoice comes by email.' : 'Order in a few clicks, with or without an account.'}`,
  newArrivals: 'New arrivals',
  favorites: 'Reader favorites',
  seeAll: (count: number) => `See all ${formatCount(count)}`,
  /** Follows `seeAll` for screen readers. */
  booksIn: (category: string) => `books in ${category}`,
  allCategories: 'All our shelves',
  empty: 'We’re stocking the shelves. Please check back in a moment.',
}

export const list = {
  searchTitle: (q: string) => `Search: ${q}`,
  booksBy: (author: string) => `Books by ${author}`,
  categoryDescription: (category: string, count: number) =>
    `Browse ${plural(count, 'book', 'books')} on our ${category} shelf.`,
  searchDescription: 'Search our shelves by title, author, or ISBN.',
  searchResults: 'Search results',
  resultsFor: (q: string) => `Results for “${q}”`,
  /** Above results that have none of the words as they were typed. */
  similar: 'No exact match. Similar:',
  count: (count: number) => plural(count, 'book', 'books'),
  page: (page: number, pages: number) =>
    pages > 1 ? `Page ${formatCount(page)} of ${formatCount(pages)}` : '',
  filters: 'Filters',
  clearAll: 'Clear all',
  removeFilter: 'Remove filter:',
  facet: {
    category: 'Category',
    author: 'Author',
    price: 'Price',
    availability: 'Availability',
    language: 'Language',
    decade: 'First published',
    rating: 'Reader rating',
  },
  more: 'More',
  fewer: 'Fewer',
  show: (count: number) => (count === 0 ? 'Close filters' : `Show ${plural(count, 'book', 'books')}`),
  decade: (year: string) => `${year}s`,
  before: (year: string) => `Before ${year}`,
  ratingFrom: (rating: string) => `${rating} and up`,
  inStock: 'In stock',
  sortBy: 'Sort by',
  sorts: {
    relevance: 'Best match',
    newest: 'Newest',
    title: 'Title: A to Z',
    price_asc: 'Price: low to high',
    price_desc: 'Price: high to low',
    rating: 'Highest rated',
  },
  featured: 'Featured',
  under: (price: string) => `Under ${price}`,
  between: (low: string, high: string) => `${low} to ${high}`,
  over: (price: string) => `${price} and up`,
  pagination: 'Pages of results',
  pageNumber: (page: number) => `Page ${formatCount(page)}`,
  previous: 'Previous page',
  next: 'Next page',
  noResults: (q: string) => `We found no books for “${q}”`,
  noMatches: 'We found no matching books',
  tips: [
    'Try fewer words, such as an author’s last name or one word from the title.',
    'Don’t worry about typos or accents: our search forgives both.',
    'Looking for one edition? Search for its ISBN, with or without hyphens.',
  ],
  alternatives: 'You might like one of these',
  browseCategories: 'Browse by category',
  clearFilters: 'Search again without filters',
}

export const book = {
  by: 'by',
  availability: {
    in_stock: 'In stock, ready to ship',
    few_left: 'Only a few left',
    sold_out: 'Sold out',
  },
  fewLeft: 'Few left',
  soldOut: 'Sold out',
  quantity: 'Quantity',
  add: 'Add to cart',
  adding: 'Adding…',
  added: (count: number) => `Added to your cart. It now has ${plural(count, 'book', 'books')}.`,
  viewCart: 'View cart',
  about: 'About this book',
  details: 'Details',
  isbn: 'ISBN',
  published: 'First published',
  bc: (year: number) => `${year} BC`,
  language: 'Language',
  pages: 'Pages',
  genres: 'Subjects',
  category: 'Category',
  rating: (average: string, count: number) => `${average} out of 5 (${plural(count, 'rating', 'ratings')})`,
  ratingLabel: 'Reader rating',
  moreBy: (author: string) => `More by ${author}`,
  moreFrom: (category: string) => `More from the ${category} shelf`,
  coverOf: (title: string, author: string) => `Cover of “${title}” by ${author}`,
  invoice: 'Pay by invoice. Nothing to pay now; the invoice comes by email.',
  breadcrumb: 'Breadcrumb',
  home: 'Home',
}

export const error = {
  notFoundTitle: 'This page is not on our shelves',
  notFound:
    'The link may contain a typo, or the book may no longer be for sale. Try our search: it forgives typos.',
  bookGoneTitle: 'We don’t carry this book',
  orderGoneTitle: 'We couldn’t find this order',
  orderGone:
    'You can view an order in the browser or account you ordered with. On another device? We can email you a link to it.',
  serverErrorTitle: 'Something went wrong on our end',
  serverError: 'The error has been logged. Please try again in a moment. Your cart and orders are safe.',
  unavailableTitle: 'We’ll be right back',
  unavailable:
    'We can’t reach our stockroom right now. Your cart and orders are safe. Please try again in a moment.',
  tryAgain: 'Try again',
  tooManyTitle: 'Please wait a moment',
  tooMany: (seconds: number) =>
    `Too many requests. Please try again in ${
      seconds < 90
        ? plural(seconds, 'second', 'seconds')
        : plural(Math.ceil(seconds / 60), 'minute', 'minutes')
    }.`,
  linkExpired: 'This link has already been used or has expired. Please request a new one.',
  linkEnded: 'This link no longer shows your order. We can email you a new one.',
  linkIncomplete: 'This link is incomplete. Please open the full link from our email, or request a new one.',
  moving:
    'We’re moving the shop to another server, which takes about a minute. Nothing is lost: please try again in a moment.',
  paused: 'We’re making a backup, which takes a few seconds. Please try again in a moment.',
  other: 'Something went wrong. Please try again in a moment.',
  /** Why a cart could not be changed, by the code of the API. */
  cart: {
    out_of_stock: (left: number | undefined) =>
      left === undefined || left === 0
        ? 'This book just sold out.'
        : `Only ${plural(left, 'copy is', 'copies are')} left, including any in your cart.`,
    quantity_limit: 'You can have up to 20 copies of a book in your cart.',
    line_limit: 'Your cart can hold up to 50 different books. Please order these first.',
    book_not_found: 'This book is no longer for sale.',
    cart_line_not_found:
      'This book is no longer in your cart. It was removed in another tab or on another device.',
  },
}
