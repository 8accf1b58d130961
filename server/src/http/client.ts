import type { FastifyRequest } from 'fastify'
import { deviceFrom } from '../core/messages/device.ts'
import type { Place } from '../core/messages/ports.ts'
import type { Client } from '../core/recovery/index.ts'
import { automationHintOf } from '../core/risk/index.ts'
import { clientAddress, networkKey, type TrustedProxies } from '../kernel/client-network.ts'

/**
 * Where a request comes from. The peer's address counts unless it is a configured proxy; headers that anybody can
 * send never do (ASVS 4.1.3). The browser's name is matched to a closed list, so nothing a stranger writes into it
 * reaches a mail.
 */
export const makeClientOf =
  (trusted: TrustedProxies, place: (address: string) => Place | null) =>
  (request: FastifyRequest): Client => {
    const forwarded = request.headers['x-forwarded-for']
    const header = Array.isArray(forwarded) ? forwarded.join(',') : forwarded
    const address = clientAddress(request.socket.remoteAddress, header, trusted)
    const client: Client = {
      device: deviceFrom(request.headers['user-agent']),
      place: address === null ? null : place(address),
      network: address === null ? 'unknown' : networkKey(address),
      deviceDigest: null,
    }
    const { 'user-agent': userAgent, 'accept-language': acceptLanguage } = request.headers
    const isKnownBrowser = client.device !== null
    return { ...client, automation: automationHintOf({ userAgent, acceptLanguage, isKnownBrowser }) }
  }
