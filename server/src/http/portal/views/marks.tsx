import type { ReactElement } from 'react'

const line = {
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: 2,
  strokeLinecap: 'round',
  strokeLinejoin: 'round',
  'aria-hidden': true,
} as const

/** A key: the mark of a tenant without a logo. */
export const KeyMark = (): ReactElement => (
  <svg viewBox="0 0 24 24" {...line}>
    <circle cx="8" cy="12" r="4.5" />
    <path d="M12.5 12H22m-3.5 0v3.5M15 12v2.5" />
  </svg>
)

export const CheckMark = (): ReactElement => (
  <svg viewBox="0 0 20 20" {...line}>
    <path d="m4 10.5 4 4 8-9" />
  </svg>
)

export const InfoMark = (): ReactElement => (
  <svg viewBox="0 0 20 20" {...line}>
    <circle cx="10" cy="10" r="8" />
    <path d="M10 9v5M10 6h.01" />
  </svg>
)

export const WarningMark = (): ReactElement => (
  <svg viewBox="0 0 20 20" {...line}>
    <circle cx="10" cy="10" r="8" />
    <path d="M10 6v5M10 14h.01" />
  </svg>
)
