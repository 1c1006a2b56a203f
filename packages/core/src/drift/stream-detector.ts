/** What a detector says of a stream after one more value. */
export type Signal = 'none' | 'warning' | 'drift';

/**
 * Watches a stream of finite numbers, oldest first, such as the errors (1) and hits (0) of a classifier. It starts anew with the value
 * after a drift.
 */
export interface StreamDetector {
  update(value: number): Signal;
}
