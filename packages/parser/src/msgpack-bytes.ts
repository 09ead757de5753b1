/** Output of the MessagePack encoder: bytes that grow as they are written, numbers in big-endian order. */

const FIRST_CAPACITY = 256;
const TWO_TO_32 = 0x1_0000_0000;

/** Appends to one buffer, which doubles when it is full. */
export class ByteWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  writeUint8(value: number): void {
    const at = this.#claim(1);
    this.#view.setUint8(at, value);
  }

  writeUint16(value: number): void {
    const at = this.#claim(2);
    this.#view.setUint16(at, value);
  }

  writeUint32(value: number): void {
    const at = this.#claim(4);
    this.#view.setUint32(at, value);
  }

  /** Takes any integer of at most 53 bits, negative ones in two's complement. */
  writeInt64(value: number): void {
    this.writeUint32(Math.floor(value / TWO_TO_32));
    this.writeUint32(value);
  }

  writeFloat64(value: number): void {
    const at = this.#claim(8);
    this.#view.setFloat64(at, value);
  }

  writeBytes(bytes: Uint8Array): void {
    const at = this.#claim(bytes.byteLength);
    this.#bytes.set(bytes, at);
  }

  /** All that was written, in memory of its own size. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** Makes room, and tells where it starts. It may replace buffer and view, so it is called before they are read. */
  #claim(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.byteLength) this.#grow();
    return at;
  }

  #grow(): void {
    const grown = new Uint8Array(Math.max(this.#length, this.#bytes.byteLength * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
