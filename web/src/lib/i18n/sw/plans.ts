import type { plans as english } from '../en/plans.ts'
import type { Like } from '../messages.ts'

export const plans: Like<typeof english> = {
  title: 'Mipango',
  text: 'Kile ambacho kampuni zinaweza kutumia, na mara ngapi zinaweza kuomba.',
  figures_text:
    'Kikomo kilicho tupu ni kile cha nyumba, kinachoonyeshwa kijivu. Badiliko hutumika mara moja kwa wote wenye mpango huu.',
  key: 'Ufunguo',
  key_text: 'Kwa programu; hubaki milele. Herufi ndogo, tarakimu na _.',
  own_figures: 'Vikomo vyake',
  monthly: 'Kila mwezi',
  rates_text: 'Maombi kwa dakika, angalau 100.',
  new: 'Mpango mpya',
  new_text: 'Huanza na vikomo vya nyumba; kisha unavibadilisha.',
  default: 'Chaguo-msingi',
  default_text: 'Kampuni mpya hupata mpango huu.',
  make_default: 'Wape kampuni mpya',
  retire: 'Sitisha',
  retired: 'Umesitishwa',
  retire_title: 'Usitishe {name}?',
  retire_text: 'Hakuna kampuni nyingine inayoupata tena. Aliye nao hubaki nao.',
  restore: 'Rudisha',
}
