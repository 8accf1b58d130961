import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handWeights, weightsText } from '../core/risk/index.ts'
import { riskTenants } from '../risk-settings.ts'
import { checkConfig } from './check.ts'
import { aConfigFolder, type TestFolder } from './config.testing.ts'
import { mistakeText } from './mistakes.ts'

let folder: TestFolder
beforeEach(() => {
  folder = aConfigFolder()
})
afterEach(() => {
  folder[Symbol.dispose]()
})

const checkedWith = (risk: string) =>
  checkConfig(
    folder.text.replace('    services:', () => `    risk: ${risk}\n    services:`),
    folder.file,
    {
      env: folder.env,
      files: 'read',
    },
  )

function mistakesOf(risk: string): string {
  const checked = checkedWith(risk)
  return checked.ok ? '' : checked.mistakes.map((mistake) => mistakeText('rekey.yaml', mistake)).join('\n')
}

function settingsOf(risk: string) {
  const checked = checkedWith(risk)
  const [settings] = checked.ok ? riskTenants(checked.config).values() : []
  if (settings === undefined) throw new Error('the configuration is not right')
  return settings
}

describe('what the configuration says of risk', () => {
  it('is that requests are scored and nothing hangs on it, unless it says more', () => {
    expect(settingsOf('{}')).toMatchObject({
      mode: 'shadow',
      weights: handWeights,
      expectedCountries: [],
      workingHours: null,
      incident: false,
      usual: { tenant: { count: 300, windowSeconds: 600 } },
      // There is only one tenant.
      usualOfInstallation: null,
    })
  })

  it('has weights from a file, and bands that go before those of the file', () => {
    folder.write(
      'weights.yaml',
      weightsText({ ...handWeights, name: 'ours', bands: { medium: 20, high: 50 } }),
    )

    expect(settingsOf('{ weightsFile: weights.yaml }').weights).toMatchObject({
      name: 'ours',
      bands: { medium: 20, high: 50 },
    })
    expect(
      settingsOf('{ weightsFile: weights.yaml, bands: { medium: 25, high: 60 } }').weights,
    ).toMatchObject({
      bands: { medium: 25, high: 60 },
    })
  })

  it('is refused when bands or hours do not fit together, or are beyond their bounds', () => {
    expect(mistakesOf('{ bands: { medium: 50, high: 50 } }')).toContain(
      'medium (50) is not less than `high` (50)',
    )
    expect(mistakesOf('{ bands: { medium: 61, high: 96 } }')).toMatch(/medium .*60.*\n.*high .*95/)
    expect(mistakesOf('{ workingHours: { from: 20, to: 6 } }')).toContain('from (20) is not before `to` (6)')
    expect(mistakesOf('{ countries: [Denmark] }')).toContain('two capital letters')
    expect(mistakesOf('{ mode: act, workingHours: { from: 6, to: 20 }, countries: [DK] }')).toBe('')
  })

  it('is refused with all that is wrong with a file of weights, and with a list that is not there', () => {
    folder.write('weights.yaml', 'name: ours\nform: guess\nname: twice\n')
    folder.write(
      'other.yaml',
      'name: ours\nform: guess\nbias: 0\nbands: { medium: 5, high: 10 }\nsignals: {}\n',
    )

    expect(mistakesOf('{ weightsFile: weights.yaml }')).toContain('has the same key twice in one mapping')
    expect(mistakesOf('{ weightsFile: other.yaml }')).toMatch(
      /`form` must be(.|\n)*`signals\.tor` is missing/,
    )
    const missing = mistakesOf('{ weightsFile: nothing.yaml, lists: [{ label: tor, file: tor.txt }] }').split(
      '\n',
    )

    expect(missing.filter((line) => line.includes('nothing.yaml'))).toHaveLength(1)
    expect(missing.filter((line) => line.includes('tor.txt'))).toHaveLength(1)
  })
})
