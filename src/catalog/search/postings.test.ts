import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Postings } from './postings.ts'

test('lists hold what was added and not removed, in any order of changes', () => {
  const step = fc.tuple(fc.nat(70), fc.nat(5), fc.constantFrom('add', 'add', 'remove', 'clear'))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), steps => {
      const lists = new Postings(4)
      const model = new Map<number, number[]>()
      for (const [list, value, action] of steps) {
        const held = model.get(list) ?? []
        model.set(list, held)
        if (action === 'add') {
          lists.add(list, value)
          held.push(value)
        } else if (action === 'clear') {
          lists.clear(list)
          held.length = 0
        } else {
          const at = held.indexOf(value)
          expect(lists.remove(list, value)).toBe(at >= 0)
          if (at >= 0) held.splice(at, 1)
        }
      }
      const unpacked = Postings.unpack(lists.pack(80))
      for (let list = 0; list < 80; list++) {
        const expected = (model.get(list) ?? []).toSorted()
        expect(Array.from(lists.list(list)).toSorted()).toEqual(expected)
        expect(Array.from(unpacked.list(list)).toSorted()).toEqual(expected)
      }
    }),
  )
})

test('lists without removals keep their order', () => {
  const lists = new Postings()
  for (let i = 0; i < 1000; i++) lists.add(i % 7, i)
  expect(Array.from(lists.list(3)).slice(0, 4)).toEqual([3, 10, 17, 24])
})

test('packed lists whose counts do not match their data are rejected', () => {
  const packed = { data: Uint32Array.of(1, 2), counts: Uint32Array.of(1, 2) }
  expect(() => Postings.unpack(packed)).toThrow(RangeError)
})
