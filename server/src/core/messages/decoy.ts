/**
 * Where the mail of a name that nobody has goes. It can be no mailbox: `.invalid` is reserved (RFC 6761 section 6.4),
 * and no provider is ever given it.
 */
export const nobodysMailbox = 'nobody@rekey.invalid'

/**
 * A message that is ordered, stored, rendered and written like any other, and then thrown away. Without it the
 * service would be busier after a start for somebody than after one for nobody, and whoever asks other things
 * meanwhile could hear that.
 */
export const isDecoy = ({ to }: { to: string }): boolean => to === nobodysMailbox

/**
 * A decoy that is older is thrown away unwritten: by then its start is one of many, in which nobody hears it, and the
 * time belongs to the mails of people. Nor does it ever take longer than this.
 */
export const decoyMsMax = 2_000
