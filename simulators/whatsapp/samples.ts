import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { silentVoice } from './voice.ts'

export type Sample = { bytes: Uint8Array; mimeType: string; fileName: string }

/** Small files that are what they say, made here so that none has to be shipped. */
export function sampleMedia(type: string): Sample {
  switch (type) {
    case 'document':
      return { bytes: pdf('A page from the phone simulator'), mimeType: 'application/pdf', fileName: 'order-2041.pdf' }
    case 'audio':
      return { bytes: silentVoice(3), mimeType: 'audio/ogg; codecs=opus', fileName: 'voice.ogg' }
    case 'video':
      return { bytes: emptyMp4(), mimeType: 'video/mp4', fileName: 'clip.mp4' }
    case 'sticker':
      return { bytes: readFileSync(STICKER), mimeType: 'image/webp', fileName: 'sticker.webp' }
    default:
      return { bytes: landscape(480, 320), mimeType: 'image/png', fileName: 'hills.png' }
  }
}

const STICKER = join(import.meta.dirname, 'samples/loaf.webp')

type Colour = readonly [number, number, number]

const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
]

const HILLS: readonly { base: number; height: number; wave: number; shift: number; colour: Colour }[] = [
  { base: 0.62, height: 0.08, wave: 7, shift: 0.4, colour: [122, 158, 159] },
  { base: 0.72, height: 0.07, wave: 5, shift: 2.1, colour: [74, 124, 126] },
  { base: 0.84, height: 0.06, wave: 9, shift: 4.2, colour: [38, 84, 88] },
]

function colourAt(x: number, y: number): Colour {
  const hill = HILLS.findLast(({ base, height, wave, shift }) => y > base - height * Math.sin(x * wave + shift))
  if (hill) return hill.colour
  const sun = Math.hypot((x - 0.72) * 1.5, y - 0.34)
  if (sun < 0.1) return [255, 236, 179]
  const sky = mix([251, 214, 178], [244, 150, 116], Math.min(1, y / 0.7))
  return mix([255, 228, 170], sky, Math.min(1, sun * 2.2))
}

/** Hills at dusk. */
function landscape(width: number, height: number): Uint8Array {
  const raw = Buffer.alloc((width * 3 + 1) * height)
  let at = 0
  for (let y = 0; y < height; y += 1) {
    raw[at] = 0
    at += 1
    for (let x = 0; x < width; x += 1) {
      for (const value of colourAt(x / width, y / height)) {
        raw[at] = Math.round(value)
        at += 1
      }
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(raw)),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

function pngChunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(content.length, 0)
  frame.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
}

function pdf(line: string): Uint8Array {
  const stream = `BT /F1 20 Tf 60 760 Td (${line}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const starts = objects.map((object, index) => {
    const start = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return start
  })
  const rows = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`
  return Buffer.from(
    `${text}${table}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    'latin1',
  )
}

function emptyMp4(): Uint8Array {
  const box = (type: string, content: Buffer): Buffer => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(content.length + 8, 0)
    return Buffer.concat([size, Buffer.from(type, 'latin1'), content])
  }
  return Buffer.concat([
    box('ftyp', Buffer.from('isom\0\0\x02\0isomiso2mp41', 'latin1')),
    box('mdat', Buffer.alloc(16)),
  ])
}
