const SAMPLES_PER_FRAME = 960
const FRAMES_PER_SECOND = 50
const FRAMES_PER_PAGE = 50
const SERIAL = 2041

/** A voice note in Ogg Opus, as phones send it: quiet, but with a length that players show. */
export function silentVoice(seconds: number): Uint8Array {
  const head = Buffer.alloc(19)
  head.write('OpusHead', 'latin1')
  head.writeUInt8(1, 8)
  head.writeUInt8(1, 9)
  head.writeUInt32LE(48_000, 12)
  const tags = Buffer.alloc(16 + 9)
  tags.write('OpusTags', 'latin1')
  tags.writeUInt32LE(9, 8)
  tags.write('simulator', 12, 'latin1')

  // A mono CELT frame of 20 ms in which nothing is heard.
  const frame = Buffer.from([0xf8, 0xff, 0xfe])
  const pages = [
    page([head], { sequence: 0, position: 0, flag: 2 }),
    page([tags], { sequence: 1, position: 0, flag: 0 }),
  ]
  const count = seconds * FRAMES_PER_SECOND
  for (let done = 0; done < count; done += FRAMES_PER_PAGE) {
    const frames = Math.min(FRAMES_PER_PAGE, count - done)
    const isLast = done + frames >= count
    pages.push(
      page(Array<Buffer>(frames).fill(frame), {
        sequence: pages.length,
        position: (done + frames) * SAMPLES_PER_FRAME,
        flag: isLast ? 4 : 0,
      }),
    )
  }
  return Buffer.concat(pages)
}

type PageFacts = { sequence: number; position: number; flag: number }

function page(packets: readonly Buffer[], { sequence, position, flag }: PageFacts): Buffer {
  const header = Buffer.alloc(27)
  header.write('OggS', 'latin1')
  header.writeUInt8(flag, 5)
  header.writeBigUInt64LE(BigInt(position), 6)
  header.writeUInt32LE(SERIAL, 14)
  header.writeUInt32LE(sequence, 18)
  header.writeUInt8(packets.length, 26)
  const lengths = Buffer.from(packets.map((packet) => packet.length))
  const whole = Buffer.concat([header, lengths, ...packets])
  whole.writeUInt32LE(oggChecksum(whole), 22)
  return whole
}

/** CRC-32 with the polynomial of Ogg, which is neither reflected nor inverted. */
function oggChecksum(bytes: Buffer): number {
  let sum = 0
  for (const byte of bytes) {
    sum = (sum ^ (byte << 24)) >>> 0
    for (let bit = 0; bit < 8; bit += 1) {
      sum = (sum & 0x80000000 ? (sum << 1) ^ 0x04c11db7 : sum << 1) >>> 0
    }
  }
  return sum
}
