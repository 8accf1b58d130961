type Moves = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/** What the diagram can't say by itself. Events that lead back to their state are listed below it. */
const introduction = `<!-- Generated from server/src/core/recovery/flow.ts by server/src/core/recovery/diagram.test.ts (UPDATE=1). Do not edit. -->

# The recovery flow

Every run of a person's way back in is in one of these states, and only these events lead from one to the next. What is not
drawn can't happen: the transition function refuses it, and a property test holds it to this table. How the step from
\`proven\` over \`writing\` survives crashes is in [decision record 0001](../decisions/0001-write-protocol.md).

A flow that finds no account, that moved to whoever spent its link, or that others ended before a proof, stays in
\`awaiting-proof\` as a decoy until it expires: its starter can't tell it from one that waits for a proof.
`

/** The page `docs/flows/recovery.md`. States are drawn in the order of the table. */
export function recoveryPage(moves: Moves): string {
  const states = Object.keys(moves)
  const [first = ''] = states
  const ends = states.filter((state) => Object.keys(moves[state] ?? {}).length === 0)
  return [
    introduction,
    '```mermaid',
    'stateDiagram-v2',
    ...states.map((state) => `    state "${state}" as ${name(state)}`),
    `    [*] --> ${name(first)}: started, or a link was spent`,
    '    [*] --> proven: an invitation was spent',
    ...states.flatMap((from) => arrowsFrom(moves, from)),
    ...ends.map((state) => `    ${name(state)} --> [*]`),
    '```',
    '',
    '| state | events that lead back to it |',
    '|---|---|',
    ...states.flatMap((state) => rowOf(moves, state)),
    '',
  ].join('\n')
}

/** One arrow for each pair of states, with all events that lead from one to the other. */
function arrowsFrom(moves: Moves, from: string): string[] {
  const events = new Map<string, string[]>()
  for (const [event, targets] of Object.entries(moves[from] ?? {})) {
    for (const to of targets.filter((target) => target !== from)) {
      events.set(to, [...(events.get(to) ?? []), event])
    }
  }
  return [...events].map(([to, names]) => `    ${name(from)} --> ${name(to)}: ${names.join(', ')}`)
}

function rowOf(moves: Moves, state: string): string[] {
  const events = Object.entries(moves[state] ?? {})
    .filter(([, targets]) => targets.includes(state))
    .map(([event]) => `\`${event}\``)
  return events.length === 0 ? [] : [`| \`${state}\` | ${events.join(', ')} |`]
}

/** Mermaid takes no hyphen in a name. */
const name = (state: string) => state.replaceAll('-', '_')
