import PostalMime from 'postal-mime'
import { type Bounce, readDeliveryStatus } from '../../../core/messages/bounces.ts'

/** What a mail says about the message it answers; null for one that is no delivery status notification. Never throws. */
export async function readBounce(mail: Uint8Array): Promise<Bounce | null> {
  // Reading takes the library time with the square of the parts, and a notification has three.
  if (linesWithDashes(mail) > dashesMax) return null
  try {
    const { attachments } = await PostalMime.parse(mail, {
      attachmentEncoding: 'arraybuffer',
      // The library would take a part below a quoted mail for a part of this one.
      rfc822Attachments: true,
      maxNestingDepth: 8,
      maxHeadersSize: headerBytesMax,
    })
    const status = attachments.find(({ mimeType }) => /^message\/(global-)?delivery-status$/i.test(mimeType))
    if (status === undefined || typeof status.content === 'string') return null
    return readDeliveryStatus(new TextDecoder('latin1').decode(status.content))
  } catch {
    // A mail that can't be read tells nothing, and what the library says about it may quote it.
    return null
  }
}

const headerBytesMax = 64 * 1024

/** Boundaries, and what looks like one in a quoted mail. */
const dashesMax = 200

const linesWithDashes = (mail: Uint8Array): number =>
  Buffer.from(mail).toString('latin1').split('\n--').length - 1
