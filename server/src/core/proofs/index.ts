export * from './assurance.ts'
