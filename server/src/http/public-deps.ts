import type { FastifyRequest } from 'fastify'
import type { EnrolmentDesk } from '../core/enrolment/index.ts'
import type { Gate } from '../core/gate/index.ts'
import type { ReceiptRequest, TenantVoice } from '../core/messages/ports.ts'
import type { PasswordRule } from '../core/passwords/index.ts'
import type { Method } from '../core/proofs/index.ts'
import type { Client, Recovery, RecoveryRules } from '../core/recovery/index.ts'
import type { Sessions } from '../core/sessions/index.ts'
import type { Outside } from '../kernel/outside.ts'
import type { Assets } from './portal/assets.ts'
import type { PageLook } from './portal/views/props.ts'

/** What the public listener knows of a tenant, all of it from configuration. */
export interface PublicTenant {
  id: string
  voice: TenantVoice
  methods: readonly Method[]
  rules: RecoveryRules
  passwordRules: readonly PasswordRule[]
  services: readonly { name: string; title: string; signInUrl: string | null }[]
  look: PageLook
  /** What people call a directory. */
  titleOf(directory: string): string
  /** One of its directories at least can lift a lock. */
  offersUnlock: boolean
  signIn: {
    password: boolean
    /** The company's own sign-in. `origins` is what a form on our page leads to by redirects. */
    provider: { label: string; origins(): readonly string[] } | null
  }
}

/** Takes what providers of texts say about them. */
export interface TextReceipts {
  /** `refused`: the address is none of ours, or the request is not from the provider. `url`: path and query. */
  take(name: { tag: string; provider: string }, request: ReceiptRequest): Promise<'taken' | 'refused'>
}

export interface PublicDeps extends Outside {
  recovery: Recovery
  sessions: Sessions
  enrolment: EnrolmentDesk
  gate: Pick<Gate, 'look' | 'issue'>
  /** By host name when there are several tenants; null for a host that belongs to none. */
  tenantOf(request: FastifyRequest): PublicTenant | null
  /** Where a request comes from. `deviceDigest` is null here: only the portal has a device cookie. */
  clientOf(request: FastifyRequest): Client
  /** Style, script and logos of all tenants. */
  assets: Assets
  demo: boolean
  /** Whether mails wait because no mail provider works. The same for everybody: nothing in it is about a message. */
  mailIsDelayed(): boolean
  /** Absent where no texts are sent. */
  textReceipts?: TextReceipts
  /** Whether everything this process needs works. */
  ready(): Promise<boolean>
}
