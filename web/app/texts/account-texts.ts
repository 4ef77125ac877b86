/** The words of the pages for accounts and for staff in the language of the shop; other pages do without their weight. */
export { account, staff } from './en-account.ts'
