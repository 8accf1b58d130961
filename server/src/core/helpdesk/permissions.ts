/**
 * What somebody who helps others may do: the one table that routes, screens and the configuration go by. Each line says
 * what its name allows, as the reference of the configuration prints it.
 */
export const permissions = {
  'accounts.read': 'look at an account: state, masked addresses, what Rekey remembers of it',
  'accounts.unlock': 'lift the lock that a directory put on an account',
  'accounts.require-change': 'order that a password is changed at the next sign-in',
  'sessions.end': 'end all sessions and open flows of an account',
  'offboarding.ask': 'ask for an offboarding; another key has to say yes',
  'offboarding.approve': 'say yes to an offboarding that another key asked for',
  'invitations.write': 'invite people to choose their first password, and withdraw invitations',
  'invitations.read': 'look at invitations',
  'invitations.address':
    'with `invitations.write`: have an invitation mailed to an address that is none of the account’s recovery addresses. ' +
    'Whoever reads it there gets into the account: for who may set passwords anyway',
} as const satisfies Record<string, string>

export type Permission = keyof typeof permissions

export const permissionNames: readonly Permission[] = Object.keys(permissions).filter(
  (name): name is Permission => name in permissions,
)

/** Who calls: a key of the admin API, by the name that the configuration gives it. */
export interface Caller {
  name: string
  /** Ids of the only tenants that exist for it; null: all of them. */
  tenants: readonly string[] | null
  may: readonly Permission[]
}

/** Whether any of these is enough for it is the route's question; here each is asked alone. */
export const callerMay = (caller: Pick<Caller, 'may'>, permission: Permission): boolean =>
  caller.may.includes(permission)

export const knowsTenant = ({ tenants }: Pick<Caller, 'tenants'>, tenant: string): boolean =>
  tenants === null || tenants.includes(tenant)
