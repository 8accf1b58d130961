import type { ReactElement } from 'react'
import { encode } from 'uqr'

/** Modules of white on every side that readers need (ISO/IEC 18004 section 5.3.8). */
const quietZone = 4

/** A text as a QR code: one path, black on white whatever the colours of the page. */
export function QrCode({ text, label }: { text: string; label: string }): ReactElement {
  const { data, size } = encode(text, { ecc: 'M', border: quietZone })
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={`M0 0h${size}v${size}H0z`} fill="#fff" />
      <path d={data.map(rowPath).join('')} fill="#000" shapeRendering="crispEdges" />
    </svg>
  )
}

/** A rectangle for each run of dark modules. */
const rowPath = (row: readonly boolean[], y: number): string =>
  [
    ...row
      .map((dark) => (dark ? '1' : '0'))
      .join('')
      .matchAll(/1+/g),
  ]
    .map(({ index, 0: run }) => `M${index} ${y}h${run.length}v1h-${run.length}z`)
    .join('')
