/** Texts of payments: the payment of an order, and the page to which shoppers return from paying. */

export const payment = {
  /** Of an order for which nothing was paid yet. */
  due: {
    invoice: 'By invoice, which comes by email',
    collection: 'In the shop, when you collect your books',
    transfer: 'By bank transfer',
    stripe: 'Not paid yet',
  },
  paid: {
    invoice: 'Paid',
    collection: 'Paid in the shop',
    transfer: 'Paid by bank transfer',
    stripe: 'Paid online',
  },
  nothingToPay: 'Nothing to pay',
  dueOn: (day: string) => `Due ${day}`,
  partlyPaid: (paid: string, amount: string) => `${paid} of ${amount} paid`,
  refunded: (amount: string) => `${amount} refunded`,
  refunding: (amount: string) => `We’re refunding ${amount}`,
  disputed: 'This payment is disputed with the bank',
  transferTo: 'Transfer to',
  transferReference: (number: string) => `Reference: ${number}`,
  /** After an order is placed. */
  next: {
    invoice: 'The invoice comes by email.',
    collection: 'You pay when you collect your books.',
    transfer: (day: string) =>
      `Please transfer it by ${day}, to the account below. We ship as soon as it has arrived.`,
    paid: 'It’s paid.',
  },
  /** In the list of orders. */
  short: {
    due: 'Not paid yet',
    dueOn: (day: string) => `To be paid by ${day}`,
    partly_paid: 'Partly paid',
    paid: 'Paid',
    partly_refunded: 'Partly refunded',
    refunded: 'Refunded',
  },
}

export const paying = {
  title: 'Your payment',
  order: (number: string) => `Order ${number}`,
  total: 'Total',
  checking: {
    title: 'Checking your payment',
    text: 'This takes a moment. The page updates by itself, and nothing is charged twice.',
  },
  /** After the page has updated several times. */
  unfinished: {
    title: 'Your payment isn’t finished yet',
    text: 'We haven’t received a payment yet. If you’ve just paid, you don’t need to do anything: we’ll email you a confirmation as soon as it arrives.',
  },
  back: {
    title: 'Your payment isn’t finished yet',
    text: 'Nothing was charged. You can continue to the payment, or choose another way to pay.',
  },
  heldUntil: (time: string) => `Your books are reserved until ${time}.`,
  processing: {
    title: 'Your payment is on its way',
    text: 'It can take a few days to arrive. Your books are reserved meanwhile, and we’ll email you as soon as your order is confirmed. You don’t need to do anything.',
  },
  released: {
    title: 'This payment has ended',
    text: 'Nothing was charged. Your cart is unchanged.',
  },
  review: {
    title: 'We’re refunding your payment',
    text: 'Your payment arrived, but the order can’t be placed: the books or the amount have changed meanwhile. We’ll refund what you paid and email you about it. You don’t need to do anything.',
  },
  unreachable: {
    title: 'We can’t check your payment right now',
    text: 'The payment provider isn’t responding. If you’ve paid, nothing is lost: we’ll email you a confirmation as soon as we know.',
  },
  unknown: {
    title: 'We don’t find this payment in this browser',
    text: 'If you’ve paid, look for our confirmation in your email: it has a link to your order. Check your spam folder, too.',
  },
  notCancelled:
    'The payment provider isn’t responding, so this payment couldn’t be ended. Please try again in a moment.',
  continue: 'Continue to payment',
  other: 'Choose another way to pay',
  refresh: 'Check again',
  toCheckout: 'Back to checkout',
}
