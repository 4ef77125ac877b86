/** The language of the shop: its words, its way to write numbers, money and days. */
import { en, type Texts } from './en.ts'

export const locale = 'en-US'
export const language = 'en'
export const t: Texts = en
