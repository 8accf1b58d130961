import { expect, it } from 'vitest'
import { editDistance, nearest } from './nearest.ts'

it.each([
  ['', '', 0],
  ['links', 'links', 0],
  ['langauges', 'languages', 1],
  ['port', 'ports', 1],
  ['host', 'port', 2],
  ['', 'abc', 3],
])('counts the edits from %j to %j as %i', (from, to, edits) => {
  expect(editDistance(from, to)).toBe(edits)
  expect(editDistance(to, from)).toBe(edits)
})

it.each([
  ['langauges', 'languages'],
  ['hostnames', 'hostNames'],
  ['host_names', 'hostNames'],
  ['public-url', 'publicUrl'],
])('takes %s for %s', (word, meant) => {
  expect(nearest(word, ['languages', 'hostNames', 'publicUrl', 'id'])).toBe(meant)
})

it('offers nothing for a word that is near to nothing', () => {
  expect(nearest('colour-scheme', ['id', 'name', 'limits'])).toBeNull()
  expect(nearest('x'.repeat(100_000), ['id'])).toBeNull()
})
