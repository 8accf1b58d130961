import { runChecks } from './checks.ts'
import { conclude } from './commands.ts'

conclude(await runChecks())
