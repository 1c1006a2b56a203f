/** A text as tags and metadata of AWS take it: letters, digits, spaces and `_.:/=+-@`, anything else as `_`, and no longer than that. */
export function awsText(text: string, length: number): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu, '_').slice(0, length);
}
