/** Type of a fixture's `facts.json`: what the test must know besides the data folder, because the shop stores only hashes of it. */

type Cookies = Readonly<Record<string, string>>
/** A response body of the API, as the release that made the fixture sent it. */
type Body = Readonly<Record<string, unknown>>

type Account = {
  readonly email: string
  readonly password: string
  readonly user_id: string
  readonly cookies: Cookies
}
type Member = Account & { readonly totp_uri: string }

export type OrderFact = { readonly order_id: string; readonly total: number }

export type Facts = {
  readonly version: string
  /** When the fixture is opened: shortly after it was made, while its links, codes and rate limits are valid. */
  readonly moment: string
  readonly public_url: string
  readonly owner: Member
  readonly clerk: Member
  /** Second factor, recovery codes, saved addresses, a cart, and one order in each state. */
  readonly ada: Member & {
    readonly first_name: string
    readonly recovery_code: string
    readonly spent_recovery_code: string
    /** Cookies of a browser that has given the password and not yet the code. */
    readonly half_signed_in: Cookies
    readonly addresses: readonly Body[]
    readonly cart: Body
    readonly orders: Readonly<Record<string, OrderFact>>
    /** Order that was placed as a guest with the address of this account. */
    readonly guest_order_id: string
  }
  /**
   * Passkey, Cognito link, change of the email address under way. Sign-ins from unknown browsers are used up, as are sign-ins
   * with Cognito from this network.
   */
  readonly ben: Account & {
    readonly passkey: { readonly id: string; readonly key: JsonWebKey; readonly name: string }
    readonly new_email: string
    readonly change_email_token: string
  }
  /** Unconfirmed sign-up. */
  readonly una: { readonly email: string; readonly password: string; readonly token: string }
  /** Password reset under way; requests that ask for the password again are used up. */
  readonly rita: Account & { readonly token: string }
  /** Account whose erasure was interrupted, and texts that occur only in its data. */
  readonly erin: Account & { readonly order_id: string; readonly traces: readonly string[] }
  readonly guest: { readonly cookies: Cookies; readonly cart: Body }
  /** Guest whose checkout can be repeated under its idempotency key. */
  readonly buyer: {
    readonly cookies: Cookies
    readonly key: string
    readonly body: Body
    readonly order: Body & OrderFact
  }
  /** Guest order with an unspent mailed link; requests for more links are used up. */
  readonly linked: { readonly order_id: string; readonly email: string; readonly token: string }
  /** Ids of mails in the outbox. */
  readonly mails: { readonly pending: string; readonly sending: string; readonly dead: string }
  readonly cover: { readonly book_id: string; readonly image_url: string }
  readonly retired_book_id: string
  /** Price written to the table after the index snapshot was taken. */
  readonly repriced: { readonly book_id: string; readonly price: number }
}
