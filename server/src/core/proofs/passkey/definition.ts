/** A key that an authenticator keeps for this site alone, and uses only after it has verified its holder (WebAuthn). */
export const passkeyMethod = {
  kinds: ['device', 'holder'],
  points: 4,
  guessable: false,
  resistsPhishing: true,
  enrolled: true,
  isFactor: true,
} as const
