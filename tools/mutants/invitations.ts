import type { Mutant } from './mutant.ts'

const core = 'server/src/core/recovery'
const attacks = 'server/test/attack/invitations.test.ts'

/** Defects in what an invitation opens, how often and how long. */
export const invitationMutants: readonly Mutant[] = [
  {
    name: 'invitation-revived',
    breaks: 'Recovery brings back an account that was invited and never activated.',
    rows: [34],
    changes: [
      {
        file: `${core}/resolve.ts`,
        find: `(isNew ? 'not-activated' : null)`,
        replace: `(isNew ? null : null)`,
      },
    ],
    suite: { file: attacks, title: '[34]' },
  },
  {
    name: 'invitation-kept-after-use',
    breaks: 'A spent invitation is looked at and not used up.',
    rows: [170],
    changes: [
      {
        file: `${core}/activate.ts`,
        find: 'changed: [{ ...invitation, spentAt: at }],',
        replace: 'changed: [],',
      },
    ],
    suite: { file: attacks, title: '[170]' },
  },
  {
    name: 'invitation-looked-at-before',
    breaks: 'Whether an invitation was spent is asked before others are kept out, and not again.',
    rows: [170],
    changes: [
      {
        file: `${core}/activate.ts`,
        find: 'const seen = invitations.find(({ id }) => id === invitation.id) ?? invitation',
        replace: 'const seen = invitations.length > 0 ? invitation : invitation',
      },
    ],
    suite: { file: attacks, title: 'is spent by one of thirty who come at once' },
  },
  {
    name: 'invitation-withdrawn-works',
    breaks: 'An invitation that was taken back can be spent.',
    rows: [171],
    changes: [
      {
        file: `${core}/invitation.ts`,
        find: `  if (invitation.withdrawnAt !== null) return 'withdrawn'\n`,
        replace: '',
      },
    ],
    suite: { file: attacks, title: '[171]' },
  },
  {
    name: 'invitation-tag-unchecked',
    breaks: 'An invitation needs an id, and no tag made with the key.',
    rows: [172],
    changes: [
      {
        file: `${core}/tokens.ts`,
        find: 'return isTag(tag, mac(purpose(key).link, tenant, id)) ? id : null',
        replace: 'return id',
      },
    ],
    suite: { file: attacks, title: '[172]' },
  },
]
