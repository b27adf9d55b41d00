// The message that SHA-1 and SHA-256 work on (FIPS 180-4, section 5.1.1).

/** The bytes with their end mark and their length in bits, a multiple of 64 bytes; for messages below 512 MB. */
export function padMessage(bytes: Uint8Array): DataView {
  const whole = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6);
  whole.set(bytes);
  whole[bytes.length] = 0x80;
  const view = new DataView(whole.buffer);
  view.setUint32(whole.length - 4, bytes.length * 8);
  return view;
}
