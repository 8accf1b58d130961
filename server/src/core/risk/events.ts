import type { AuditEvent } from '../audit/ports.ts'
import type { RiskVerdict } from './ports.ts'
import { factsOf } from './readings.ts'

/** Where in a flow or a sign-in a score was made. */
export type RiskStep = 'start' | 'proof' | 'sign-in'

/** What was scored, from what and by which weights: all that is needed to make the decision again. None where risk is off. */
export function riskEvents(
  { mode, score, band, acting, weights, readings }: RiskVerdict,
  of: { tenant: string; at: Date; subject: string | null; flow: string | null; step: RiskStep },
): readonly AuditEvent[] {
  if (mode === 'off') return []
  const { step, ...place } = of
  const facts = { step, mode, band, acting, score, weights, ...factsOf(readings) }
  return [{ name: 'risk.scored', ...place, facts }]
}
