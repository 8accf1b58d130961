/**
 * What every page is sent with, error pages too (ASVS 5.0, 3.4): nothing but our own sheet, script and logo; no
 * framing; no referrer, because a page's address may be the only secret that leaks that way; no caching, because
 * a shared kiosk has a back button.
 */
export const pageHeaders: Readonly<Record<string, string>> = headersWith("'self'")

/**
 * The same for a page with a form that leads to other origins by a redirect: Chromium holds each hop of it against
 * `form-action`. Origins come from configuration and from the provider's description, never from a request.
 */
export const pageHeadersWithFormsTo = (origins: readonly string[]): Readonly<Record<string, string>> =>
  headersWith(["'self'", ...origins].join(' '))

function headersWith(formAction: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      "style-src 'self'",
      "script-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      `form-action ${formAction}`,
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), browsing-topics=()',
    'cache-control': 'no-store',
  }
}
