import type { FastifyError } from 'fastify'

/**
 * PostgreSQL gone or going: SQLSTATE class 08 and 57P, and the sockets' own codes. An error with a status is about
 * the request's own socket: somebody hung up in the middle of a body.
 */
export const isConnectionError = (error: FastifyError): boolean =>
  error.statusCode === undefined &&
  (/^(08|57P)|^ECONN|^EPIPE|^ENOENT$/.test(error.code) ||
    /connection (timeout|terminated)|Connection terminated/i.test(error.message))
