/** Types that a browser may show in place; all others are handed over as a download. SVG, HTML and XML can run code. */
const INLINE_TYPES: ReadonlySet<string> = new Set(
  'image/jpeg image/png image/gif image/webp video/mp4 video/3gpp audio/aac audio/amr audio/mpeg audio/mp4 audio/ogg'.split(
    ' ',
  ),
)

const EXTENSIONS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'video/mp4': 'mp4',
  'video/3gpp': '3gp',
  'audio/aac': 'aac',
  'audio/amr': 'amr',
  'audio/mpeg': 'mp3',
  'audio/mp4': 'm4a',
  'audio/ogg': 'ogg',
  'application/pdf': 'pdf',
  'text/plain': 'txt',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.ms-powerpoint': 'ppt',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
}

const STEM_LENGTH_MAX = 60

/** The bare type in lower case: `audio/ogg; codecs=opus` is `audio/ogg`. */
export function bareType(mimeType: string): string {
  const type = mimeType.split(';', 1)[0]!.trim().toLowerCase()
  return /^[a-z0-9.+-]+\/[a-z0-9.+-]+$/.test(type) ? type : 'application/octet-stream'
}

/**
 * A name for the store, made from a foreign one: letters, digits, dash and underscore, with the extension that belongs
 * to the type rather than the one that was claimed. The foreign name stays in the row, for the download.
 */
export function storedName(fileName: string | undefined, mimeType: string): string {
  const extension = EXTENSIONS[bareType(mimeType)] ?? 'bin'
  const stem = (fileName ?? '')
    .slice(0, 1_000)
    .replace(/^.*[/\\]/s, '')
    .replace(/\.[^.]*$/, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, STEM_LENGTH_MAX)
  return `${stem === '' ? 'file' : stem}.${extension}`
}

/** Headers under which a foreign file may be handed to a browser, whatever is in it. */
export function deliveryHeaders(file: { mimeType: string; fileName?: string | undefined }): Record<string, string> {
  const type = bareType(file.mimeType)
  const isInline = INLINE_TYPES.has(type)
  return {
    'content-type': isInline || type === 'application/pdf' ? type : 'application/octet-stream',
    'content-disposition': contentDisposition(isInline ? 'inline' : 'attachment', file.fileName ?? 'file'),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-site',
    'cache-control': 'private, max-age=3600',
  }
}

/** RFC 6266: a plain name for old readers, the true one in UTF-8; nothing in either can end the header or turn it. */
export function contentDisposition(disposition: 'inline' | 'attachment', fileName: string): string {
  const clean = fileName
    .toWellFormed()
    .replace(/^.*[/\\]/s, '')
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '')
    .slice(0, 200)
    .toWellFormed()
    .trim()
  const name = clean === '' || /^\.+$/.test(clean) ? 'file' : clean
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const utf8 = encodeURIComponent(name).replace(/['()*!]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${disposition}; filename="${plain}"; filename*=UTF-8''${utf8}`
}
