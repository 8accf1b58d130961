/**
 * Settles like `work`, or rejects with the signal's reason once that fires. The work itself goes on: this is
 * for work that looks at the signal before each step it must not take late.
 */
export async function withinDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {}
  const cutOff = new Promise<never>((_, reject) => {
    // The reason is whatever the caller aborted with; it becomes the cause of a fault, never an answer.
    stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error('cut off'))
  })
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await Promise.race([work, cutOff])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
