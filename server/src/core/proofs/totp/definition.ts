/** A code of an authenticator app (RFC 6238): six digits that change every thirty seconds. */
export const totpMethod = {
  kinds: ['device'],
  points: 2,
  guessable: true,
  resistsPhishing: false,
  enrolled: true,
  isFactor: true,
} as const
