/** Texts of the cart, the checkout and the orders. */
import { plural } from './locale.ts'

export const cart = {
  title: 'Your cart',
  empty: 'Your cart is empty.',
  justOrdered: 'Just placed an order? See your orders.',
  each: 'each',
  removeOne: (title: string) => `Remove one copy of ${title}`,
  addOne: (title: string) => `Add one copy of ${title}`,
  copies: (count: number) => plural(count, 'copy', 'copies'),
  remove: 'Remove',
  removeBook: (title: string) => `Remove ${title}`,
  removed: 'Removed',
  undo: 'Undo',
  undoRemoval: (title: string) => `Undo removing ${title}`,
  priceRose: (before: string, now: string) =>
    `The price went up from ${before} to ${now} since you added this book.`,
  priceFell: (before: string, now: string) =>
    `The price went down from ${before} to ${now} since you added this book.`,
  soldOut: 'This book has sold out since you added it. It isn’t included in your total.',
  notEnough: (left: number) =>
    `Only ${plural(left, 'copy is', 'copies are')} left. This book isn’t included in your total until you change the quantity.`,
  setQuantity: (left: number) => `Change quantity to ${left}`,
  summary: 'Order summary',
  checkout: 'Checkout',
  unavailable: 'Remove or change unavailable items to check out.',
  savedUntil: (day: string) => `We’ll save your cart until ${day}.`,
}

export const checkout = {
  title: 'Checkout',
  contact: 'Contact',
  shippingAddress: 'Shipping address',
  savedAddresses: 'Saved addresses',
  email: 'Email',
  emailHint: 'We’ll send order updates here.',
  optional: 'optional',
  delivery: 'Delivery',
  collector: 'Who collects your books',
  collectorNameError: 'Enter the full name of who collects your books, up to 100 characters.',
  collectorPhoneHint: 'So that we can reach you about your order.',
  payment: 'Payment',
  invoice: 'Pay by invoice. There’s nothing to pay now; the invoice comes by email.',
  noMethod: 'This order can’t be paid online right now. Please contact us.',
  summary: 'Order summary',
  editCart: 'Edit cart',
  placeOrder: (total: string) => `Place order for ${total}`,
  placingOrder: 'Placing your order…',
  continueToPayment: (total: string) => `Continue to payment of ${total}`,
  openingPayment: 'Opening the payment page…',
  terms: 'By placing your order, you agree to buy the books above for the total shown and to pay by invoice.',
  termsOfAgreed: 'By placing your order, you agree to buy the books above for the total shown.',
  termsOfHosted:
    'By paying, you agree to buy the books above for the total shown. You pay on the next page, and your order is placed once it’s paid.',
  termsLink: 'Terms of sale',
  privacyLink: 'Privacy policy',
  deliveryTime: (time: string) => `Delivery time: ${time}`,
  collectNote: 'You collect your books in the shop.',
  signIn: 'Already have an account? Sign in',
  correctErrors: 'Please correct the following',
  emailError: 'Enter a valid email address, such as name@example.com.',
  unavailableTitle: 'Some books are no longer available',
  unavailable:
    'There aren’t enough copies left for your order. It hasn’t been placed yet, and everything you entered is still here.',
  copiesLeft: (title: string, left: number) =>
    left === 0 ? `“${title}” is sold out.` : `“${title}”: only ${plural(left, 'copy', 'copies')} left.`,
  continueWithAvailable: 'Continue with what’s available',
  totalChangedTitle: 'Your total has changed',
  totalChanged: (before: string, now: string) =>
    `It was ${before} when you opened this page, and is now ${now}. Your order hasn’t been placed yet. To order for the new total, place your order again.`,
  cartChangedTitle: 'Your cart has changed',
  cartChanged:
    'It was changed in another tab or on another device. Please review it and place your order again. Nothing has been ordered from this page yet.',
  unpaidLimitTitle: 'Please sign in to order now',
  unpaidLimit: {
    network: (limit: number) =>
      `Without signing in, up to ${plural(limit, 'book', 'books')} that we haven’t shipped yet can be on order from one network, such as a home, an office or a café. To order now, sign in or create an account. Your cart stays as it is.`,
    email: (limit: number) =>
      `Without signing in, up to ${plural(limit, 'book', 'books')} that we haven’t shipped yet can be on order for one email. To order now, sign in or create an account. Your cart stays as it is.`,
  },
  mailLimitTitle: 'We can’t confirm an order to this email right now',
  mailLimit:
    'We’ve sent it too many emails today. To order now, use another email, or sign in. Your cart stays as it is.',
  paymentUnavailableTitle: 'This payment method isn’t working right now',
  paymentUnavailable:
    'Nothing was charged. Please try again in a moment, or choose another way to pay. Everything you entered is still here.',
  methodUnavailableTitle: 'Please choose another way to pay',
  methodUnavailable:
    'The one you chose isn’t available for this order. Your order hasn’t been placed yet, and nothing was charged.',
  invoiceNotAllowed:
    'This order can’t be paid by invoice. Your order hasn’t been placed yet. Please choose another way to pay, or contact us.',
  collectionUnavailableTitle: 'Orders can’t be collected in the shop right now',
  collectionUnavailable: 'Your order hasn’t been placed yet. To have it shipped, enter your address.',
  checkoutOverTitle: 'Your payment has ended',
  checkoutOver:
    'Nothing was charged, and your cart is unchanged. To try again, choose how to pay and continue.',
  checkoutPaidTitle: 'You’ve already paid for this order',
  checkoutPaid: 'Your earlier payment went through, so no second order was placed.',
  checkoutProcessing:
    'Your earlier payment is on its way, so no second order was placed. We’ll email you as soon as it arrives; it can take a few days.',
  viewPayment: 'View payment',
  livePayment:
    'You’ve started a payment that isn’t finished yet. If you check out again, the new one takes its place.',
  signInToOrder: 'Sign in',
  createAccount: 'Create an account',
  contactUs: 'Contact us',
  noResponseTitle: 'We didn’t get a response in time',
  noResponse: 'Please try again. Even if your first try went through, you’ll only place one order.',
}

export const order = {
  title: 'Your orders',
  guest: {
    intro: 'Orders placed from this browser.',
    none: 'There are no orders from this browser yet.',
  },
  account: {
    intro: 'Orders from your account, and orders placed with its email address.',
    none: 'You haven’t placed any orders yet.',
  },
  findLink: 'Find an order by number and email',
  findTitle: 'Find an order',
  findIntro:
    'Ordered on another device? Enter the order number and the email address you ordered with, and we’ll email you a link to your order.',
  findButton: 'Send link',
  sentTitle: 'Check your email',
  sent: 'If we find a matching order, we’ll email a link to the address you ordered with. The link works once and expires after 30 minutes.',
  correctFields: 'Please correct the fields below.',
  findAgain: 'Try again',
  number: 'Order number',
  numberError: 'Enter the order number from our email, such as 7K3M2-QX8VD.',
  findEmail: 'Email',
  openTitle: 'Your order',
  openIntro: 'To keep your order private, this link works only once: to view the order, or to cancel it.',
  openButton: 'View order',
  orderFrom: (day: string) => `Order from ${day}`,
  date: 'Order date',
  status: {
    confirmed: 'Confirmed',
    processing: 'Processing',
    shipped: 'Shipped',
    delivered: 'Delivered',
    cancelled: 'Canceled',
  },
  /** Of an order that is collected in the shop. */
  collectStatus: { shipped: 'Ready to collect', delivered: 'Collected' },
  progress: 'Order progress',
  items: 'Items',
  quantity: 'Quantity',
  price: 'Price',
  amount: 'Amount',
  shippingTo: 'Shipping to',
  phone: 'Phone',
  email: 'Email',
  collectAt: 'Collect at',
  payment: 'Payment',
  invoices: 'Invoice',
  invoiceName: {
    invoice: (number: string) => `Invoice ${number} (PDF)`,
    credit_note: (number: string) => `Credit note ${number} (PDF)`,
  },
  print: 'Print',
  cancel: 'Cancel order',
  confirmCancel: 'Yes, cancel order',
  cancelHint:
    'You can cancel until your books ship. You won’t owe anything, and what you’ve paid is refunded.',
  cancelDueHint: 'You can cancel until your books ship. You won’t owe anything.',
  cancelPaidHint: (amount: string) => `You can cancel until your books ship. We’ll refund ${amount}.`,
  cancelByMail: 'We’ll email you a link that you can cancel with.',
  cancelled: 'This order is canceled. There is nothing to pay.',
  cancelledPaid: 'This order is canceled.',
  cancelTooLate: 'Your books have already shipped, so this order can no longer be canceled.',
  older: 'Older orders',
  newest: 'Newest orders',
  confirmedTitle: 'Thank you. Your order is confirmed.',
  confirmedTotal: (total: string) => `Your total is ${total}.`,
  deliveryTime: (time: string) => `Delivery time: ${time}.`,
  cancelledTitle: 'Your order is canceled',
  confirmedEmail: (email: string) => `We’re sending a confirmation to ${email}.`,
  confirmedFind: 'To see your order on any device, use the order number and your email address.',
  view: 'View order',
}
