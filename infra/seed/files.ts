import { crc32, deflateSync } from 'node:zlib'
import type { SeedFile } from './scene.ts'

export type DrawnFile = { bytes: Buffer; mimeType: string; mediaType: 'image' | 'audio' | 'document' }

/** Draws the files of the demo, so that nobody's pictures have to be shipped. */
export function drawFile(file: SeedFile): DrawnFile {
  if (file.kind === 'photo') return { bytes: photo(file.hue ?? 30), mimeType: 'image/png', mediaType: 'image' }
  if (file.kind === 'voice') return { bytes: silence(6), mimeType: 'audio/mpeg', mediaType: 'audio' }
  return { bytes: receipt(file.name), mimeType: 'application/pdf', mediaType: 'document' }
}

const WIDTH = 360
const HEIGHT = 270

/** A cup on a table, seen from above, in one hue. */
function photo(hue: number): Buffer {
  const rows: Buffer[] = []
  for (let y = 0; y < HEIGHT; y += 1) {
    const row = Buffer.alloc(1 + WIDTH * 3)
    for (let x = 0; x < WIDTH; x += 1) row.set(colourAt(x, y, hue), 1 + x * 3)
    rows.push(row)
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function colourAt(x: number, y: number, hue: number): [number, number, number] {
  const distance = Math.hypot(x - WIDTH / 2, y - HEIGHT / 2)
  const grain = Math.sin(y / 9 + Math.sin(x / 60) * 2) * 4
  if (distance < 58) return rgb(hue, 0.6, 0.2 + distance / 900)
  if (distance < 72) return rgb(hue, 0.12, 0.93)
  if (distance < 105) return rgb(hue, 0.1, 0.84 - (distance - 72) / 600)
  const shade = Math.max(0, 1 - Math.hypot(x - WIDTH / 2 - 14, y - HEIGHT / 2 - 18) / 145) * 0.12
  return rgb(hue + 8, 0.32, 0.62 - shade + grain / 255)
}

function rgb(hue: number, saturation: number, lightness: number): [number, number, number] {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const at = (n: number): number => {
    const k = (n + hue / 30) % 12
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))))
  }
  return [at(0), at(8), at(4)]
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(content.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}

/** MPEG-1 layer III frames of 26 ms at 32 kbit/s whose every band is empty. */
function silence(seconds: number): Buffer {
  const frame = Buffer.alloc(104)
  frame.set([0xff, 0xfb, 0x10, 0xc4])
  return Buffer.concat(Array.from({ length: Math.ceil(seconds / 0.026) }, () => frame))
}

/** A page with one sentence, as small as the format lets it be. */
function receipt(title: string): Buffer {
  const words = title.replace(/\.pdf$/, '').replace(/[^\x20-\x7e]|[()\\]/g, ' ')
  const drawing = `BT /F1 24 Tf 60 740 Td (${words}) Tj 0 -36 Td /F1 14 Tf (Thank you.) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const offset = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const start = text.length
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n`
  return Buffer.from(`${text}startxref\n${start}\n%%EOF\n`, 'latin1')
}
