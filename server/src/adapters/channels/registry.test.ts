import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { channels, textChannels } from './registry.ts'

interface ClosedSchema {
  additionalProperties?: unknown
  properties: Record<string, { description?: string }>
}

/** Folders of this folder that hold no provider. */
const elsewhere = ['bounces', 'rendering']

const all = [...channels, ...textChannels]

describe('the registry of channels', () => {
  it('has a line for every folder and a folder for every line', () => {
    const folders = readdirSync(import.meta.dirname, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !elsewhere.includes(entry.name))
      .map(({ name }) => name)

    expect(all.map(({ kind }) => kind).toSorted()).toEqual(folders.toSorted())
  })

  it.each(all.map(({ kind, config }) => [kind, config as unknown] as const))(
    'describes every property of %s and allows no others',
    (_, config) => {
      const schema = config as ClosedSchema

      expect(schema.additionalProperties).toBe(false)
      for (const [name, property] of Object.entries(schema.properties)) {
        expect(property.description, name).toMatch(/\S/)
      }
    },
  )
})
