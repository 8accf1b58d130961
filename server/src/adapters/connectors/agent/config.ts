import { type Static, Type } from 'typebox'
import { type AbilityWord, abilityWords } from '../../../core/agents/ability-words.ts'

const Word = Type.Unsafe<AbilityWord>(Type.Union(Object.keys(abilityWords).map((word) => Type.Literal(word))))

export const AgentConfig = Type.Object(
  {
    abilities: Type.Array(Word, {
      uniqueItems: true,
      description:
        'What the directory behind the agents can do, as `rekey agent check` prints it there: pages offer what it names, ' +
        'whether or not an agent is connected.',
    }),
    nextAgentSeconds: Type.Integer({
      default: 4,
      minimum: 1,
      maximum: 30,
      description: 'How long one agent is waited for before the next one is asked, for what writes nothing.',
    }),
  },
  { additionalProperties: false },
)
export type AgentConfig = Static<typeof AgentConfig>
