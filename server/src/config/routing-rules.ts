import type { Finding } from './mistakes.ts'
import { nearest } from './nearest.ts'
import type { TenantConfig } from './schema.ts'

/** Every directory that has one password with others is there, and has it with one leading directory only. */
export function linkedDirectoriesFit({ routing, directories }: TenantConfig): Finding[] {
  const names = directories.map(({ name }) => name)
  const seen = new Set<string>()
  const judge = (name: string, path: Finding['path']): Finding[] => {
    if (!names.includes(name)) {
      const meant = nearest(name, names)
      return [
        {
          path,
          problem: `names the directory \`${name}\`, which this tenant does not have`,
          hint: meant === null ? `It has ${names.join(', ')}.` : `Did you mean \`${meant}\`?`,
        },
      ]
    }
    if (!seen.has(name)) {
      seen.add(name)
      return []
    }
    return [
      {
        path,
        problem: `names \`${name}\`, which is linked already`,
        hint: 'A directory leads or follows once: put all that have one password into one entry.',
      },
    ]
  }
  return routing.linked.flatMap(({ leads, follow }, at) => [
    ...judge(leads, ['routing', 'linked', at, 'leads']),
    ...follow.flatMap(({ directory }, each) =>
      judge(directory, ['routing', 'linked', at, 'follow', each, 'directory']),
    ),
  ])
}

/** What names an account elsewhere must not be its owner's to choose. */
export const linkWarnings = ({ routing }: Pick<TenantConfig, 'routing'>): Finding[] =>
  routing.linked.flatMap(({ leads, follow }, at) =>
    follow.flatMap(({ directory, by }, each) =>
      by === 'mail'
        ? [
            {
              path: ['routing', 'linked', at, 'follow', each, 'by'],
              problem: `is \`mail\`: whoever can write a mail address into an account of \`${leads}\` sets the password of the account in \`${directory}\` that has the same`,
              hint: 'Make sure that people can’t change it themselves, or link by `username`, `upn` or `key`.',
            },
          ]
        : [],
    ),
  )
