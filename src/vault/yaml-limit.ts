// How much YAML a file may hold. Apart from the parser, which is loaded only where it is needed.

/** A larger block is refused unread. In bytes of UTF-8. */
export const MAX_YAML_BYTES = 16 * 1024;

export function isOverYamlLimit(text: string): boolean {
  if (text.length > MAX_YAML_BYTES) return true;
  return text.length * 3 > MAX_YAML_BYTES && Buffer.byteLength(text) > MAX_YAML_BYTES;
}
