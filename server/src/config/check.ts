import { dirname, resolve } from 'node:path'
import type { TSchema } from 'typebox'
import { channels } from '../adapters/channels/registry.ts'
import { originOf } from './addresses.ts'
import { findDkimMistakes } from './dkim-rules.ts'
import type { Environment } from './environment.ts'
import { settleFiles } from './files.ts'
import { findKeyMistakes, findPlaceMistakes, withKeyHint } from './key-rules.ts'
import { type Finding, type Mistake, pathText } from './mistakes.ts'
import { findWeightsFileMistakes } from './risk-rules.ts'
import { findRuleMistakes } from './rules.ts'
import { type Config, ConfigFile, type KeysConfig, type MailProviderConfig } from './schema.ts'
import { isMapping, nodeOf, withDefaults } from './schema-walk.ts'
import { readSecrets } from './secrets.ts'
import { findShapeMistakes } from './shape.ts'
import { findWarnings } from './warnings.ts'
import { readYaml } from './yaml-source.ts'

export interface CheckOptions {
  env: Environment
  /**
   * `skip` leaves secrets, logos and databases on disk unread: a configuration can be checked where it is
   * written (a laptop, a pipeline) and not only where it runs. The result then has references for secrets.
   */
  files: 'read' | 'skip'
}

export type Checked =
  /** `warnings`: what is allowed and probably not meant. */
  { ok: true; config: Config; warnings: readonly Mistake[] } | { ok: false; mistakes: readonly Mistake[] }

/** Checks the text of a configuration file. `file` is its path: other paths in it are relative to its folder. */
export function checkConfig(text: string, file: string, options: CheckOptions): Checked {
  return checkSource(readYaml(text), file, options, (value) => value)
}

/** As `checkConfig`, with what the environment says put over what the file says. */
export function checkSource(
  source: ReturnType<typeof readYaml>,
  file: string,
  options: CheckOptions,
  override: (value: unknown) => unknown,
): Checked {
  if (source.mistakes.length > 0) return { ok: false, mistakes: source.mistakes }
  const judged = judge(ConfigFile, override(source.value), { ...options, folder: dirname(resolve(file)) })
  const findings = [...judged.findings, ...demoOnly(judged.value)]
  if (findings.length > 0) return { ok: false, mistakes: inOrder(findings.map((each) => source.place(each))) }
  // Everything the schema asks for has been found to be so, and every reference became a Secret.
  const config = deepFreeze(judged.value as Config)
  return { ok: true, config, warnings: inOrder(findWarnings(config).map((each) => source.place(each))) }
}

interface Judged {
  /** Complete, with secrets read and paths absolute; only to be used when there are no findings. */
  value: unknown
  findings: readonly Finding[]
}

/** Everything that can be wrong with a value, and the value as the service uses it. */
export function judge(schema: TSchema, raw: unknown, options: CheckOptions & { folder: string }): Judged {
  const node = nodeOf(schema)
  const shape = findShapeMistakes(schema, raw)
  const complete = withDefaults(node, raw)
  const keysFit = !shape.some(({ path }) => path[0] === 'keys')
  const places = keysFit ? findPlaceMistakes(keysOf(complete)) : []
  const early = [...shape, ...places, ...findRuleMistakes(complete, shape)]
  if (options.files === 'skip') return { value: complete, findings: early.map(withKeyHint) }
  const files = settleFiles(node, complete, options.folder)
  const secrets = readSecrets(node, files.value, options)
  const keys = keysFit && places.length === 0 ? keysOf(secrets.value) : null
  const late = [...files.findings, ...secrets.findings].filter(
    ({ path }) => !shape.some((finding) => pathText(finding.path) === pathText(path)),
  )
  return {
    value: early.length === 0 ? settle(secrets.value as Config, options.folder) : secrets.value,
    findings: [
      ...early,
      ...late,
      ...(keys === null ? [] : findKeyMistakes(keys)),
      ...(shape.length === 0 ? findDkimMistakes(secrets.value as Config) : []),
      // What is not there has been found already.
      ...(shape.length === 0 && files.findings.length === 0
        ? findWeightsFileMistakes(secrets.value as Config)
        : []),
    ].map(withKeyHint),
  }
}

const keysOf = (value: unknown): KeysConfig | null =>
  isMapping(value) && value['keys'] !== undefined ? (value['keys'] as KeysConfig) : null

/** The outbox keeps mails for whoever looks at the console; nobody would ever get one. */
function demoOnly(value: unknown): Finding[] {
  const mail = isMapping(value) && isMapping(value['mail']) ? value['mail'] : {}
  const list: readonly unknown[] = Array.isArray(mail['providers']) ? mail['providers'] : []
  return list.flatMap((provider, index) =>
    isMapping(provider) && provider['kind'] === 'outbox'
      ? [
          {
            path: ['mail', 'providers', index, 'kind'],
            problem: 'is for the demo only: no mail would ever arrive',
            hint: 'Configure a mail server with kind `smtp`.',
          },
        ]
      : [],
  )
}

/** The one spelling everybody can rely on: absolute paths, origins without a slash at the end. */
function settle(config: Config, folder: string): Config {
  const { audit, mail, tenants } = config
  return {
    ...config,
    data: resolve(folder, config.data),
    tenants: tenants.map((tenant) => ({ ...tenant, publicUrl: originOf(tenant.publicUrl) })),
    mail: { ...mail, providers: mail.providers.map((provider) => withReturnPath(provider, mail.returnPath)) },
    audit: {
      ...audit,
      witnesses: audit.witnesses.map((witness) =>
        witness.kind === 'file' ? { ...witness, folder: resolve(folder, witness.folder) } : witness,
      ),
    },
  }
}

/** The general return path goes to every provider that knows one and has none of its own. */
function withReturnPath(provider: MailProviderConfig, returnPath: string | undefined): MailProviderConfig {
  const knowsOne = channels.some(
    ({ kind, config }) => kind === provider.kind && 'returnPath' in config.properties,
  )
  // The schema of this kind has the key, whichever kind it is.
  return knowsOne && returnPath !== undefined ? ({ returnPath, ...provider } as MailProviderConfig) : provider
}

const inOrder = (mistakes: readonly Mistake[]): Mistake[] =>
  mistakes.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0))

export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    for (const child of Object.values(value)) deepFreeze(child)
  }
  return value
}
