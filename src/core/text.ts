/**
 * Schemas of text that people enter: trimmed, in Unicode NFC, without unpaired surrogates and control characters. Bidi controls
 * are refused too, because they make one name look like another.
 */
import * as z from 'zod'
import { hasWebAddress, NO_WEB_ADDRESS } from './web-address.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: all of them but tab and line feed
const CONTROL_BUT_LINES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

const cleaned = (max: number, forbidden: RegExp) =>
  z.string().check(
    z.maxLength(max * 2),
    z.refine((text: string) => text.isWellFormed() && !forbidden.test(text), {
      error: 'must not contain control characters',
    }),
    z.overwrite(text => text.normalize('NFC').trim()),
    z.minLength(1),
    z.maxLength(max),
  )

/** One line of 1 to `max` characters. */
export const line = (max: number) => cleaned(max, CONTROL)

/** The name of a person: a line without a web address. */
export const personName = (max: number) =>
  line(max).refine(text => !hasWebAddress(text), { error: NO_WEB_ADDRESS })

/** 1 to `max` characters that may have line breaks. */
export const paragraph = (max: number) => cleaned(max, CONTROL_BUT_LINES)
