import type { Config, TenantConfig } from './config/schema.ts'
import { weightsFrom } from './config/weights-file.ts'
import { makeLocalTime, type RiskTenant } from './core/risk/index.ts'

const tenMinutes = 600
const hour = 3_600

/**
 * What the configuration says of risk, by tenant.
 *
 * @throws Fault `config-invalid` when a file of weights has gone since the configuration was checked.
 */
export function riskTenants({ tenants }: Pick<Config, 'tenants'>): ReadonlyMap<string, RiskTenant> {
  const all = tenants.reduce((sum, { risk }) => sum + risk.usual.tenantPerTenMinutes, 0)
  return new Map(
    tenants.map((tenant) => [
      tenant.id,
      {
        ...riskTenant(tenant),
        usualOfInstallation: tenants.length === 1 ? null : { count: all, windowSeconds: tenMinutes },
      },
    ]),
  )
}

function riskTenant({ risk, timeZone }: TenantConfig): Omit<RiskTenant, 'usualOfInstallation'> {
  const { usual } = risk
  const weights = weightsFrom(risk.weightsFile ?? null)
  return {
    mode: risk.mode,
    weights: risk.bands === undefined ? weights : { ...weights, bands: risk.bands },
    expectedCountries: risk.countries,
    workingHours: risk.workingHours ?? null,
    localTime: makeLocalTime(timeZone),
    incident: risk.incident,
    usual: {
      network: { count: usual.networkPerTenMinutes, windowSeconds: tenMinutes },
      namesOfNetwork: { count: usual.namesPerNetworkAndHour, windowSeconds: hour },
      account: { count: usual.accountPerHour, windowSeconds: hour },
      tenant: { count: usual.tenantPerTenMinutes, windowSeconds: tenMinutes },
    },
  }
}
