import type { Sealer } from '../../../kernel/seal.ts'
import type { SealedColumn } from '../resealing.ts'
import { aboutInstallation } from './data-key.ts'
import { aboutDisavowal, aboutMessage } from './effects.ts'
import { aboutEnrolment } from './enrolments.ts'
import { aboutFlow } from './flow-codec.ts'
import { aboutInvitation } from './invitations.ts'
import { aboutOffboarding } from './offboardings.ts'
import { aboutSession } from './sessions.ts'
import { aboutSeen, aboutWaiting } from './waiting.ts'

/** Everything of recovery that lies under the data key. */
export const sealedColumns = (sealer: Sealer): readonly SealedColumn[] => [
  { table: 'flow', about: aboutOf(aboutFlow), ...places, sealer },
  { table: 'message', about: aboutOf(aboutMessage), ...places, sealer },
  { table: 'disavowal', about: aboutOf(aboutDisavowal), ...places, sealer },
  { table: 'portal_session', about: aboutOf(aboutSession), ...places, sealer },
  { table: 'invitation', about: aboutOf(aboutInvitation), ...places, sealer },
  { table: 'offboarding', about: aboutOf(aboutOffboarding), ...places, sealer },
  { table: 'enrolment', about: aboutOf(aboutEnrolment), ...places, sealer },
  { table: 'waiting_password', about: aboutOf(aboutWaiting), ...places, sealer },
  {
    table: 'seen_account',
    column: 'sealed',
    key: ['tenant', 'subject'],
    about: ([tenant = '', subject = '']) => aboutSeen({ tenant, subject }),
    sealer,
  },
  {
    table: 'installation',
    column: 'sealed',
    key: ['single'],
    about: () => aboutInstallation,
    sealer,
    isVital: true,
  },
]

const places = { column: 'sealed', key: ['tenant', 'id'] } as const

const aboutOf =
  (about: (row: { tenant: string; id: string }) => string) =>
  ([tenant = '', id = '']: readonly string[]): string =>
    about({ tenant, id })
