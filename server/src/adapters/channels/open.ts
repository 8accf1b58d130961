import type { MailProvider, TextProvider } from '../../core/messages/ports.ts'
import type { Outside } from '../../kernel/outside.ts'
import type { Channel, TextChannelKind, TextOutside } from './define.ts'
import { type ChannelKind, channels, type TextChannelKindName, textChannels } from './registry.ts'

/** One entry of the configuration's providers, already checked against the schema of its kind. */
export interface ProviderEntry {
  name: string
  kind: ChannelKind
}

/** Opens the provider of an entry. Nothing is sent and no connection is made yet. */
export function openMailProvider(entry: ProviderEntry, outside: Outside): MailProvider {
  const { name, kind, ...settings } = entry
  const channel: Channel | undefined = channels.find((known) => known.kind === kind)
  if (channel === undefined) throw new RangeError(`no channel of kind ${kind}`)
  // The configuration was checked against this channel's own schema, chosen by the same `kind`.
  return channel.open(settings, { ...outside, name })
}

/** One entry of the configuration's providers of texts, likewise. */
export interface TextProviderEntry {
  name: string
  kind: TextChannelKindName
}

/** As `openMailProvider`. */
export function openTextProvider(entry: TextProviderEntry, outside: Omit<TextOutside, 'name'>): TextProvider {
  const { name, kind, ...settings } = entry
  const channel: TextChannelKind | undefined = textChannels.find((known) => known.kind === kind)
  if (channel === undefined) throw new RangeError(`no channel of kind ${kind}`)
  return channel.open(settings, { ...outside, name })
}
