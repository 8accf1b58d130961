import { isDistinguishedName } from '../core/accounts/index.ts'
import type { Finding } from './mistakes.ts'
import { nearest } from './nearest.ts'
import type { PasswordPolicyConfig, TenantConfig } from './schema.ts'

/** What must hold between the numbers of one rule set. */
export function passwordLengthsFitTogether(policy: PasswordPolicyConfig): Finding[] {
  const hint = 'A second factor may allow a shorter password, never ask for a longer one.'
  return policy.minLengthWithSecondFactor > policy.minLength
    ? [{ path: ['minLengthWithSecondFactor'], problem: 'is more than `minLength`', hint }]
    : []
}

/** An override that can apply to nobody would be a rule that somebody believes in. */
export function overridesMeanSomebody({ policy, services, directories }: TenantConfig): Finding[] {
  const names = {
    service: services.map(({ name }) => name),
    directory: directories.map(({ name }) => name),
  }
  const lists = [
    { at: ['policy', 'password', 'overrides'], overrides: policy.password.overrides },
    {
      at: ['policy', 'recovery', 'assurance', 'overrides'],
      overrides: policy.recovery.assurance.overrides,
    },
  ]
  return lists.flatMap(({ at, overrides }) =>
    overrides.flatMap((override, index) =>
      findingsOf(override, { names, services, directories }).map(({ path, ...finding }) => ({
        ...finding,
        path: [...at, index, 'for', ...path],
      })),
    ),
  )
}

/** What nobody could give would lock everybody out. */
export function assuranceCanBeMet({ policy }: TenantConfig): Finding[] {
  const { methods, assurance } = policy.recovery
  const { whenEnrolled, atRisk, overrides } = assurance
  const parts = [
    { at: [], part: assurance },
    { at: ['whenEnrolled'], part: whenEnrolled },
    { at: ['atRisk', 'medium'], part: atRisk.medium },
    { at: ['atRisk', 'high'], part: atRisk.high },
    ...overrides.map((part, index) => ({ at: ['overrides', index], part })),
  ]
  const hint = 'Offer it in `policy.recovery.methods`, or leave it away here.'
  return parts.flatMap(({ at, part: { include = [], first = [] } }) =>
    Object.entries({ include, first }).flatMap(([key, named]) =>
      named.flatMap((method, index) =>
        methods.includes(method)
          ? []
          : [
              {
                path: ['policy', 'recovery', 'assurance', ...at, key, index],
                problem: `names \`${method}\`, which is not offered`,
                hint,
              },
            ],
      ),
    ),
  )
}

/** Whom an override names. */
type OverrideFor = TenantConfig['policy']['password']['overrides'][number]['for']

interface Known {
  names: Record<'service' | 'directory', readonly string[]>
  services: TenantConfig['services']
  directories: TenantConfig['directories']
}

function findingsOf({ for: whom }: { for: OverrideFor }, { names, services, directories }: Known): Finding[] {
  if (Object.keys(whom).length === 0) {
    const hint =
      'Name a `service`, `directory`, `group` or `subtree`; what is for everybody stands beside `overrides`.'
    return [{ path: [], problem: 'names nobody', hint }]
  }
  const unknown = (['service', 'directory'] as const).flatMap((key) => {
    const named = whom[key]
    return named === undefined || names[key].includes(named) ? [] : [unknownName(key, named, names[key])]
  })
  if (unknown.length > 0) return unknown
  const routed = services.find(({ name }) => name === whom.service)
  if (routed !== undefined && whom.directory !== undefined && routed.directory !== whom.directory) {
    const hint = `The passwords of \`${routed.name}\` are in \`${routed.directory}\`; leave \`directory\` away.`
    return [{ path: ['directory'], problem: 'is not the directory of `service`', hint }]
  }
  if (whom.subtree === undefined) return []
  if (!isDistinguishedName(whom.subtree)) {
    return [{ path: ['subtree'], problem: 'is no DN', hint: 'Write it as `ou=finance,dc=example,dc=org`.' }]
  }
  const named = routed?.directory ?? whom.directory
  const meant = directories.filter(({ name }) => named === undefined || name === named)
  return meant.some((directory) => 'baseDn' in directory)
    ? []
    : [
        {
          path: ['subtree'],
          problem: 'lies in no directory that has a tree',
          hint: 'Name a `group`, or the directory.',
        },
      ]
}

function unknownName(key: 'service' | 'directory', named: string, names: readonly string[]): Finding {
  const meant = nearest(named, names)
  const has = names.length === 0 ? 'It has none.' : `It has ${names.join(', ')}.`
  return {
    path: [key],
    problem: `names the ${key} \`${named}\`, which this tenant does not have`,
    hint: meant === null ? has : `Did you mean \`${meant}\`?`,
  }
}
