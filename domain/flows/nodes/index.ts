import { z } from 'zod'
import { abSplit } from './ab-split.ts'
import { addTag } from './add-tag.ts'
import { askAudio } from './ask-audio.ts'
import { askChoice } from './ask-choice.ts'
import { askContact } from './ask-contact.ts'
import { askDate } from './ask-date.ts'
import { askDocument } from './ask-document.ts'
import { askEmail } from './ask-email.ts'
import { askImage } from './ask-image.ts'
import { askLocation } from './ask-location.ts'
import { askNumber } from './ask-number.ts'
import { askText } from './ask-text.ts'
import { askVideo } from './ask-video.ts'
import { businessHours } from './business-hours.ts'
import { condition } from './condition.ts'
import type { NodeType } from './contract.ts'
import { delay } from './delay.ts'
import { end } from './end.ts'
import { handOver } from './hand-over.ts'
import { jump } from './jump.ts'
import { note } from './note.ts'
import { NodeId } from './parts.ts'
import { removeTag } from './remove-tag.ts'
import { restRequest } from './rest-request.ts'
import { sendButtons } from './send-buttons.ts'
import { sendLinkButton } from './send-link-button.ts'
import { sendList } from './send-list.ts'
import { sendLocation } from './send-location.ts'
import { sendMedia } from './send-media.ts'
import { sendTemplate } from './send-template.ts'
import { sendText } from './send-text.ts'
import { setContactField } from './set-contact-field.ts'
import { setVariable } from './set-variable.ts'
import { start } from './start.ts'
import { subflow } from './subflow.ts'

const outline = {
  id: NodeId,
  /** What people call it; the name of its type when absent. */
  label: z.string().max(120).optional(),
  position: z.strictObject({ x: z.number().min(-1e6).max(1e6), y: z.number().min(-1e6).max(1e6) }).optional(),
}

const nodeOf = <const T extends string, S extends z.ZodType>({ type, schema }: { type: T; schema: S }) =>
  z.strictObject({ ...outline, type: z.literal(type), config: schema })

/** One node of a definition. Its config is strict: a misspelt setting is refused, not silently ignored. */
export const FlowNode = z.discriminatedUnion('type', [
  nodeOf(start),
  nodeOf(sendText),
  nodeOf(sendMedia),
  nodeOf(sendLocation),
  nodeOf(sendLinkButton),
  nodeOf(sendTemplate),
  nodeOf(sendButtons),
  nodeOf(sendList),
  nodeOf(askText),
  nodeOf(askChoice),
  nodeOf(askNumber),
  nodeOf(askEmail),
  nodeOf(askDate),
  nodeOf(askImage),
  nodeOf(askVideo),
  nodeOf(askAudio),
  nodeOf(askDocument),
  nodeOf(askLocation),
  nodeOf(askContact),
  nodeOf(condition),
  nodeOf(businessHours),
  nodeOf(abSplit),
  nodeOf(setVariable),
  nodeOf(delay),
  nodeOf(jump),
  nodeOf(subflow),
  nodeOf(note),
  nodeOf(setContactField),
  nodeOf(addTag),
  nodeOf(removeTag),
  nodeOf(restRequest),
  nodeOf(handOver),
  nodeOf(end),
])
export type FlowNode = z.infer<typeof FlowNode>
export type NodeTypeName = FlowNode['type']

/** Every node type, in the order of the builder's palette. */
export const NODE_TYPES = {
  start,
  send_text: sendText,
  send_media: sendMedia,
  send_location: sendLocation,
  send_link_button: sendLinkButton,
  send_template: sendTemplate,
  send_buttons: sendButtons,
  send_list: sendList,
  ask_text: askText,
  ask_choice: askChoice,
  ask_number: askNumber,
  ask_email: askEmail,
  ask_date: askDate,
  ask_image: askImage,
  ask_video: askVideo,
  ask_audio: askAudio,
  ask_document: askDocument,
  ask_location: askLocation,
  ask_contact: askContact,
  condition,
  business_hours: businessHours,
  ab_split: abSplit,
  set_variable: setVariable,
  delay,
  jump,
  subflow,
  note,
  set_contact_field: setContactField,
  add_tag: addTag,
  remove_tag: removeTag,
  rest_request: restRequest,
  hand_over: handOver,
  end,
} as const satisfies Record<NodeTypeName, { type: NodeTypeName }>

export const NODE_TYPE_NAMES = Object.keys(NODE_TYPES) as NodeTypeName[]

/** The type of a node, with its config as unknown: it goes together with the config of a node of that type only. */
export const nodeTypeOf = (type: NodeTypeName): NodeType<NodeTypeName, unknown> => NODE_TYPES[type]
