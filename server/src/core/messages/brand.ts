/** One colour pair: a surface for buttons that also works as text on the page, and the text on it. */
export interface BrandPair {
  brand: string
  ink: string
}

/** Surfaces of the look, light and dark; the sheet and the mails use the same. */
export const surfaces = { light: '#ffffff', dark: '#18211d' } as const
const inks = { light: '#ffffff', dark: '#06130e' } as const
const defaultBrand = {
  light: { brand: '#1f5c4d', ink: '#ffffff' },
  dark: { brand: '#7fd1b9', ink: '#06231b' },
} as const

/** WCAG 2.2 success criterion 1.4.3 for text of normal size. */
const contrastMin = 4.5

/**
 * A tenant's colour as it can be used: darkened for the light look, lightened for the dark one, as little as it
 * takes to stay readable both as a surface and as text. Nobody has to choose a second colour for the dark.
 */
export function brandPairs(color: string | null): { light: BrandPair; dark: BrandPair } {
  const rgb = color === null ? null : parse(color)
  if (rgb === null) return defaultBrand
  return {
    light: { brand: readableOn(surfaces.light, rgb, [0, 0, 0]), ink: inks.light },
    dark: { brand: readableOn(surfaces.dark, rgb, [255, 255, 255]), ink: inks.dark },
  }
}

type Rgb = readonly [number, number, number]

/** `#rrggbb` only: a colour goes into a style sheet, so whatever else a text may hold must not get there. */
function parse(color: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color)
  if (match === null) return null
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((hex) => Number.parseInt(hex, 16))
  return [red, green, blue]
}

const hex = (rgb: Rgb) =>
  `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`

/** In steps of 2 % towards black or white; at the end of the way the contrast is highest, so it ends. */
function readableOn(surface: string, rgb: Rgb, towards: Rgb): string {
  for (let share = 0; share < 1; share += 0.02) {
    const [red, green, blue] = [0, 1, 2].map((i) => mix(rgb[i] ?? 0, towards[i] ?? 0, share))
    const candidate = hex([red ?? 0, green ?? 0, blue ?? 0])
    if (contrast(candidate, surface) >= contrastMin) return candidate
  }
  return hex(towards)
}

const mix = (from: number, to: number, share: number) => from + (to - from) * share

/** Contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

function luminance(color: string): number {
  const [red, green, blue] = (parse(color) ?? [0, 0, 0]).map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}
