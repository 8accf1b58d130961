import { commandReference } from '../server/src/cli/reference.ts'
import { describeConfig } from '../server/src/config/describe.ts'
import { problemReference } from '../server/src/http/problem-reference.ts'
import { attacksPage } from './attacks/page.ts'
import type { TreeFile } from './tree.ts'

/** Files that follow from the code, with what they must contain. */
export function generatedFiles(): TreeFile[] {
  const { jsonSchema, reference, agentReference } = describeConfig()
  return [
    { path: 'docs/reference/config.schema.json', text: `${JSON.stringify(jsonSchema, null, 2)}\n` },
    { path: 'docs/reference/configuration.md', text: reference },
    { path: 'docs/reference/agent.md', text: agentReference },
    { path: 'docs/reference/problems.md', text: problemReference() },
    { path: 'docs/reference/commands.md', text: commandReference() },
    { path: 'docs/attacks.md', text: attacksPage() },
  ]
}
