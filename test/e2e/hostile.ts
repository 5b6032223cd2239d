/** Where each of some words stands in clear: as it is, in the letters of a URL, or in base64. */
export function inClear(
  words: Readonly<Record<string, string>>,
  places: readonly (readonly [string, Buffer])[],
): string[] {
  const found: string[] = []
  for (const [name, word] of Object.entries(words)) {
    const base64 = Buffer.from(word).toString('base64').replace(/=+$/, '')
    // Whoever writes base64 after other bytes begins at another third; its end may differ, its middle does not.
    const forms = new Set([word, encodeURIComponent(word), word.replaceAll(' ', '+'), base64.slice(0, -2)])
    for (const [place, bytes] of places) {
      if ([...forms].some((form) => bytes.includes(form))) found.push(`${name} in ${place}`)
    }
  }
  return [...new Set(found)]
}

const CALLS = ['alert(1)', 'alert`1`', 'self[`al`+`ert`](1)', '(alert)(1)', 'top.alert(1)']

/** Ways in which a text has become part of a page somewhere. `@` stands for the call that tells. */
const WAYS = [
  '<script>@</script>',
  '<ScRiPt>@</sCrIpT>',
  '"><script>@</script>',
  "'><script>@</script>",
  '</script><script>@</script>',
  '</title><script>@</script>',
  '</textarea><script>@</script>',
  '<!--><script>@</script>-->',
  '<img src=x onerror=@>',
  '<img src=x onerror="@">',
  '"><img src=x onerror=@>',
  '<img/src=x/onerror=@>',
  '<svg onload=@>',
  '<svg/onload=@>',
  '<svg><script>@</script></svg>',
  '<svg><animate onbegin=@ attributeName=x dur=1s>',
  '<body onload=@>',
  '<iframe srcdoc="<script>parent.@</script>">',
  '<iframe src="javascript:@">',
  '<object data="javascript:@">',
  '<embed src="javascript:@">',
  '<details open ontoggle=@>x</details>',
  '<video><source onerror=@></video>',
  '<audio src=x onerror=@>',
  '<input autofocus onfocus=@>',
  '<select autofocus onfocus=@>',
  '<textarea autofocus onfocus=@>',
  '<marquee onstart=@>x</marquee>',
  '<math><mtext><script>@</script></mtext></math>',
  '<a href="javascript:@">x</a>',
  '[x](javascript:@)',
  '*<b onmouseover=@>bold*',
  '`<script>@</script>`',
  '{{constructor.constructor("@")()}}',
  `\${@}`,
  '#{@}',
  '<%= @ %>',
  '{@html "<script>@</script>"}',
  'javascript:@',
  'data:text/html,<script>@</script>',
  '\\u003cscript\\u003e@\\u003c/script\\u003e',
  '&lt;script&gt;@&lt;/script&gt;',
  '&#60;script&#62;@&#60;/script&#62;',
  '%3Cscript%3E@%3C/script%3E',
  '<base href="javascript:@//">',
  '<link rel=stylesheet href="data:,*{x:expression(@)}">',
  '<style>@import "javascript:@";</style>',
  '<meta http-equiv=refresh content="0;url=javascript:@">',
  '<form action="javascript:@"><button autofocus>x</button></form>',
  '<template><script>@</script></template>',
]

const TAILS = ['', '\u202Ertl']

/** Five hundred of them: each way with each call, and once more behind a sign that turns text around. */
export const HOSTILE_TEXTS: readonly string[] = WAYS.flatMap((way) =>
  CALLS.flatMap((call) => TAILS.map((tail) => way.replaceAll('@', () => call) + tail)),
)
