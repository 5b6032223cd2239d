import AtSign from '@lucide/svelte/icons/at-sign'
import Calendar from '@lucide/svelte/icons/calendar'
import CircleCheck from '@lucide/svelte/icons/circle-check'
import CircleHelp from '@lucide/svelte/icons/circle-help'
import Contact from '@lucide/svelte/icons/contact'
import CornerDownRight from '@lucide/svelte/icons/corner-down-right'
import ExternalLink from '@lucide/svelte/icons/external-link'
import FileText from '@lucide/svelte/icons/file-text'
import Flag from '@lucide/svelte/icons/flag'
import FlaskConical from '@lucide/svelte/icons/flask-conical'
import Globe from '@lucide/svelte/icons/globe'
import Hash from '@lucide/svelte/icons/hash'
import Headset from '@lucide/svelte/icons/headset'
import Hourglass from '@lucide/svelte/icons/hourglass'
import Image from '@lucide/svelte/icons/image'
import ImageUp from '@lucide/svelte/icons/image-up'
import LayoutTemplate from '@lucide/svelte/icons/layout-template'
import List from '@lucide/svelte/icons/list'
import MapPin from '@lucide/svelte/icons/map-pin'
import MapPinned from '@lucide/svelte/icons/map-pinned'
import MessageSquare from '@lucide/svelte/icons/message-square'
import Mic from '@lucide/svelte/icons/mic'
import Play from '@lucide/svelte/icons/play'
import RectangleEllipsis from '@lucide/svelte/icons/rectangle-ellipsis'
import Split from '@lucide/svelte/icons/split'
import StickyNote from '@lucide/svelte/icons/sticky-note'
import Store from '@lucide/svelte/icons/store'
import Tag from '@lucide/svelte/icons/tag'
import Tags from '@lucide/svelte/icons/tags'
import TextCursorInput from '@lucide/svelte/icons/text-cursor-input'
import UserPen from '@lucide/svelte/icons/user-pen'
import Variable from '@lucide/svelte/icons/variable'
import Video from '@lucide/svelte/icons/video'
import Workflow from '@lucide/svelte/icons/workflow'
import type { NodeCategory } from '#domain/flows/nodes/contract.ts'

/** The icons that node types name; a type that is newer than this page gets a question mark instead of a crash. */
const ICONS: Record<string, typeof Play> = {
  'at-sign': AtSign,
  calendar: Calendar,
  'circle-check': CircleCheck,
  contact: Contact,
  'corner-down-right': CornerDownRight,
  'external-link': ExternalLink,
  'file-text': FileText,
  flag: Flag,
  'flask-conical': FlaskConical,
  globe: Globe,
  hash: Hash,
  headset: Headset,
  hourglass: Hourglass,
  image: Image,
  'image-up': ImageUp,
  'layout-template': LayoutTemplate,
  list: List,
  'map-pin': MapPin,
  'map-pinned': MapPinned,
  'message-square': MessageSquare,
  mic: Mic,
  play: Play,
  'rectangle-ellipsis': RectangleEllipsis,
  split: Split,
  'sticky-note': StickyNote,
  store: Store,
  tag: Tag,
  tags: Tags,
  'text-cursor-input': TextCursorInput,
  'user-pen': UserPen,
  variable: Variable,
  video: Video,
  workflow: Workflow,
}

export const iconOf = (name: string): typeof Play => ICONS[name] ?? CircleHelp

/** Questions wait for the contact, so they wear the bot's colour; ends are quiet. */
export const CATEGORY_TONES: Record<NodeCategory, string> = {
  message: 'text-brand bg-brand-soft',
  question: 'text-bot bg-bot-soft',
  logic: 'text-ink-2 bg-pressed',
  contact: 'text-note bg-note-soft',
  integration: 'text-warn bg-warn-soft',
  end: 'text-ink-2 bg-pressed',
}
