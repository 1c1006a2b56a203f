/** Characters that steer a terminal or a reader's eye (C0, C1, bidirectional overrides), and what is no character at all. */
const unprintable = /[^\P{Cc}\t\n]|\p{Bidi_Control}|\p{Cs}|\p{Noncharacter_Code_Point}/gu;

/** Foreign text with line breaks as `\n`, and U+FFFD in place of every character that nobody should see. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(unprintable, '\ufffd');
}
