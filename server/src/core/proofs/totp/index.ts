export { totpMethod } from './definition.ts'
export { checkTotp, type KeptSeed, keyUriOf, newSeed, nobodysSeed, readSeed } from './totp.ts'
