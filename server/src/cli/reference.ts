import type { Command } from 'commander'
import { makeProgram } from './commands.ts'
import { exitCodes } from './io.ts'

/** All commands as Markdown, from their own definitions. */
export function commandReference(): string {
  const program = makeProgram({
    env: {},
    terminal: { out() {}, err() {} },
    json: false,
    service: () => Promise.reject(new Error('a reference runs no command')),
    end() {},
  })
  return [
    '<!-- Generated from server/src/cli/commands.ts by `npm run generate`. -->',
    '# Commands',
    '',
    'Written from the code; `rekey --help` says the same. In a checkout `rekey` is `npx rekey`, in the image it is the entry point.',
    'Which configuration a command reads is said by `REKEY_CONFIG`. Every command takes `--json`, which prints the result as JSON,',
    'and `--debug`, which prints stack traces with errors.',
    '',
    `It ends with ${exitCodes.ok} when all is well, with ${exitCodes.wrong} when what was looked at is wrong (a configuration, a list, a log), and`,
    `with ${exitCodes.failed} when the command could not do its work.`,
    '',
    ...leavesOf(program).flatMap(section),
  ].join('\n')
}

/** Those that do something: without options of its own, a command with others below it only groups them. */
const leavesOf = (command: Command): Command[] => [
  ...(command.commands.length === 0 || optionsOf(command).length > 0 ? [command] : []),
  ...command.commands.flatMap(leavesOf),
]

/** What every command has is said once. */
const common = new Set(['--json', '--debug', '--version'])

const optionsOf = (command: Command) =>
  command.options.filter(({ long }) => long !== undefined && !common.has(long))

function section(command: Command): string[] {
  const options = optionsOf(command)
  const words = command.registeredArguments.map((word) =>
    word.required ? `<${word.name()}>` : `[${word.name()}]`,
  )
  return [
    `## \`${[...nameOf(command), ...words].join(' ')}\``,
    '',
    sentence(command.description()),
    '',
    ...(options.length === 0
      ? []
      : [
          '| option | does |',
          '|---|---|',
          ...options.map(({ flags, description, defaultValue }) => {
            const otherwise = typeof defaultValue === 'string' ? ` (${defaultValue} when not given)` : ''
            return `| \`${flags}\` | ${description}${otherwise} |`
          }),
          '',
        ]),
  ]
}

const nameOf = (command: Command): string[] =>
  command.parent === null ? [command.name()] : [...nameOf(command.parent), command.name()]

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
