/**
 * Runs a program, such as CDK, with further arguments from standard input (a JSON array of strings): other users of the machine can
 * read the command line of a process, but not what is written to it. Usage: `node hidden-arguments.ts <program> <argument…>`
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const [, , program = '', ...shown] = process.argv
const hidden = JSON.parse(readFileSync(0, 'utf8')) as string[]
// Changes what the program reads, and not what the system shows.
process.argv = [process.execPath, program, ...shown, ...hidden]
createRequire(import.meta.url)(program)
