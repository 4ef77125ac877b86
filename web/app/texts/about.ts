/** Texts of the pages about the shop and about privacy. */

export const about = {
  title: 'About us',
  text: (shop: string, isInvoiceOnly: boolean) => [
    `${shop} is a small bookshop with long shelves. We stock what we’d like to read ourselves: stories and poems, history and science, and the handbooks that stay on a desk for years.`,
    `The total you see is the total you pay. The total in your cart, with tax and shipping, is ${isInvoiceOnly ? 'the total on your invoice' : 'what we charge'}. If a price changes before you order, we tell you first.`,
    'We never sell a book we don’t have. The last copy goes to whoever orders first, and if a book sells out while you’re deciding, we tell you before you order.',
  ],
  howTitle: 'How ordering works',
  how: (isInvoiceOnly: boolean) => [
    'Add books to your cart. We’ll save it for a few days.',
    'At checkout, enter your shipping address and email. You see the exact total before you place your order.',
    isInvoiceOnly
      ? 'You get your invoice by email. Until your books ship, you can cancel your order online.'
      : 'Until your books ship, you can cancel your order online. What you’ve paid is refunded.',
  ],
}

export const terms = { title: 'Terms of sale' }

export const privacy = {
  title: 'Privacy policy',
  /** Of the page without a policy of the shop: what the software stores. */
  dataTitle: 'Cookies and your data',
  text: [
    'While you browse, we set no cookies and store nothing about you. Our pages load nothing from other companies: no ads, no trackers, no outside fonts.',
    'When you add your first book, we set one cookie for your cart and the orders you place from it. It holds nothing but a random number, scripts can’t read it, and it lasts 90 days.',
    'When you order, we keep what the order needs: the books, your shipping address, and your email address. We use them to send your books, your invoice, and updates about your order, and for nothing else.',
    'If you pay online, you do so on a page of our payment provider, which gets your email address, the books, and the total. We never see your card or account number.',
    'Carts that aren’t checked out are deleted after a few days.',
    'If you create an account, we keep what you give us: your email address and, if you add them, your name, phone number, and shipping addresses. Your password is stored in a form no one can read. Signing in sets a cookie with a random number, and another that remembers for 400 days that this browser has signed in before. Signing out ends the first one at once.',
    'Under “Your data” in your account, you can download everything we hold about you, and delete your account. We keep your invoices, with the name and address on them, for as long as the law requires, and what they are made from, no longer linked to an account.',
  ],
}
