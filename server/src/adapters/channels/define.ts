import type { Static, TSchema } from 'typebox'
import type { MailProvider, Receipt, TextProvider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'

/** What a provider may use besides its own configuration. */
export interface ChannelOutside extends Outside {
  /** The provider's name in the configuration. */
  name: string
}

/**
 * One kind of provider that carries mail. `config` is the part of a `channels` entry besides `kind`; it must be
 * closed (`additionalProperties: false`) and every property carries a `description`: the reference page, the JSON
 * Schema and the configuration check follow from it. Secrets in it are `SecretRef`s, already read by the loader.
 *
 * `open` throws the `Fault` `config-invalid` for what a schema can't say, and touches no network.
 */
export interface Channel<Kind extends string = string, Config extends TSchema = TSchema> {
  kind: Kind
  title: string
  config: Config
  open(config: Static<Config>, outside: ChannelOutside): MailProvider
}

export const defineChannel = <Kind extends string, Config extends TSchema>(
  channel: Channel<Kind, Config>,
): Channel<Kind, Config> => channel

/** What a provider of texts may use. */
export interface TextOutside extends ChannelOutside {
  /** Redirects are refused. */
  fetch: typeof globalThis.fetch
  /**
   * A receipt that came over a connection of the provider's own, by the name that the provider gave the text. Resolves
   * once it is recorded, or nothing can be done with it.
   */
  received(reference: string, receipt: Receipt): Promise<void>
}

/** One kind of provider that carries texts over the telephone network; otherwise as `Channel`. */
export interface TextChannelKind<Kind extends string = string, Config extends TSchema = TSchema> {
  kind: Kind
  title: string
  config: Config
  open(config: Static<Config>, outside: TextOutside): TextProvider
}

export const defineTextChannel = <Kind extends string, Config extends TSchema>(
  channel: TextChannelKind<Kind, Config>,
): TextChannelKind<Kind, Config> => channel
