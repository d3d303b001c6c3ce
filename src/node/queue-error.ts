/** Redis cannot be reached or used; one line, without the password. */
export class QueueError extends Error {}
