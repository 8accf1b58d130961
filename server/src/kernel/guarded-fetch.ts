/**
 * For the few services that are asked over HTTP, at addresses from the configuration. Redirects are refused: an
 * answer can't send us elsewhere (ASVS 15.3.2).
 */
export const guardedFetch: typeof globalThis.fetch = (input, init) =>
  fetch(input, { ...init, redirect: 'error' })
