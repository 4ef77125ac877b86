/**
 * Where an error came from, by the files as they were written: for bundles, whose maps lie beside them and are read when the first
 * error is told of. Node would do it itself, for every error that is made, and reads something of each map at the start.
 */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { fileURLToPath } from 'node:url'

const PLACE = /(file:\/\/\/[^\s()]+\.mjs):(\d+):(\d+)/g

const maps = new Map<string, SourceMap | undefined>()

const readMap = (url: string): SourceMap | undefined => {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')))
  } catch {
    // It has none, or none that can be read: its places are told as they are.
    return undefined
  }
}

const mapOf = (url: string): SourceMap | undefined => {
  if (!maps.has(url)) maps.set(url, readMap(url))
  return maps.get(url)
}

/** The stack with each place that a map knows by its own file, line and column. */
export const mappedStack = (stack: string): string =>
  stack.replace(PLACE, (place, url: string, line: string, column: string) => {
    const origin = mapOf(url)?.findOrigin(Number(line), Number(column))
    return origin && 'fileName' in origin
      ? `${origin.fileName.replace(/^(\.\.\/)+/, '')}:${origin.lineNumber}:${origin.columnNumber}`
      : place
  })
