/** One of ten codes that were shown once, to be printed or kept in a safe place. */
export const recoveryCodeMethod = {
  kinds: ['saved'],
  points: 2,
  guessable: false,
  resistsPhishing: false,
  enrolled: true,
  isFactor: false,
} as const
