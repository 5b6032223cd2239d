import { previewOf } from '#domain/messages/preview.ts'
import type { InboundContent, MessageContent, OutboundContent } from '#domain/messages/schema.ts'
import { mediaKey } from '#infra/media/store.ts'
import { type DrawnFile, drawFile } from './files.ts'
import type { Scene, SceneLine, SeedFile } from './scene.ts'
import { seedId, seedNumber } from './seeded.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const HELD_FOR_MS = 30 * DAY

export type Stage = {
  tenantId: string
  channelId: string
  agents: readonly string[]
  flows: Readonly<Record<'welcome' | 'order' | 'lead', { flowId: string; versionId: string }>>
  nowMs: number
}
export type Actor = { id: string; name: string; externalId: string }
export type FileRow = {
  id: string
  key: string
  name: string
  conversationId: string
  messageId: string
  drawn: DrawnFile
  atMs: number
}

type Row = Record<string, unknown>
export type SceneRows = {
  conversation: Row
  messages: Row[]
  externalIds: { externalId: string; messageId: string; conversationId: string }[]
  reactions: { messageId: string; senderType: string; emoji: string; at: string }[]
  files: FileRow[]
  run: { row: Row; events: Row[] } | undefined
  /** What the contact wrote last, where a person may still want to answer. */
  lastWords: { externalId: string; content: InboundContent; atMs: number } | undefined
}

type Told<L> = L extends unknown ? Omit<L, 'content'> : never
type Placed = Told<SceneLine> & { id: string; atMs: number; externalId: string; content: MessageContent }

const iso = (atMs: number): string => new Date(atMs).toISOString()

/** Turns a told conversation into the rows that the mailbox would have written. */
export function sceneRows(stage: Stage, scene: Scene, actor: Actor): SceneRows {
  const startMs = stage.nowMs - (scene.ageMin + scene.lines.reduce((sum, line) => sum + gapOf(scene, line), 0)) * MINUTE
  const conversationId = seedId(startMs, stage.tenantId, scene.key)
  const files: FileRow[] = []
  let atMs = startMs
  const placed = scene.lines.map((line, index): Placed => {
    atMs += gapOf(scene, line) * MINUTE
    const id = seedId(atMs, stage.tenantId, scene.key, index)
    const file = 'file' in line ? line.file : undefined
    if (file !== undefined) files.push(fileRow({ file, conversationId, messageId: id, atMs }))
    const content = contentOf(line, { firstName: actor.name.split(' ')[0]!, file: file && files.at(-1) })
    const externalId = `wamid.${Buffer.from(`demo ${id}`).toString('base64url')}`
    return { ...line, id, atMs, externalId, content } as Placed // The content that was told is replaced by the whole one.
  })
  const messages = placed.map((line) => messageRow(stage, { scene, actor, conversationId, placed, line }))
  const spoken = placed.filter((line) => line.by !== 'house')
  const inbound = spoken.filter((line) => line.by === 'contact')
  const last = inbound.at(-1)
  return {
    conversation: conversationRow(stage, { scene, actor, conversationId, placed }),
    messages,
    externalIds: spoken.map(({ externalId, id }) => ({ externalId, messageId: id, conversationId })),
    reactions: spoken.flatMap((line) =>
      'react' in line && line.react !== undefined
        ? [
            {
              messageId: line.id,
              senderType: line.by === 'contact' ? 'user' : 'contact',
              emoji: line.react,
              at: iso(line.atMs + MINUTE),
            },
          ]
        : [],
    ),
    files,
    run: scene.flow === undefined ? undefined : runRows(stage, { scene, actor, conversationId, placed }),
    lastWords:
      last === undefined || scene.state === 'closed'
        ? undefined
        : { externalId: last.externalId, content: last.content as InboundContent, atMs: last.atMs },
  }
}

function gapOf(scene: Scene, line: SceneLine): number {
  return (
    line.gapMin ??
    (line.by === 'flow' || line.by === 'house' ? 0.05 : 1 + seedNumber(2, scene.key, JSON.stringify(line)))
  )
}

function fileRow(input: { file: SeedFile; conversationId: string; messageId: string; atMs: number }): FileRow {
  const { file, conversationId, messageId, atMs } = input
  const drawn = drawFile(file)
  const id = seedId(atMs, messageId, 'file')
  const key = mediaKey({ conversationId, messageId, fileName: file.name, mimeType: drawn.mimeType })
  return { id, key, name: file.name, conversationId, messageId, drawn, atMs }
}

function contentOf(
  line: SceneLine,
  { firstName, file }: { firstName: string; file: FileRow | undefined },
): MessageContent {
  if (line.by === 'house')
    return { kind: 'line', code: `lines.${line.code}`, ...(line.params && { params: line.params }) }
  if (file !== undefined) {
    const { mimeType, bytes, mediaType } = file.drawn
    const media = {
      fileId: file.id,
      mimeType,
      fileName: file.name,
      sizeBytes: bytes.length,
      ...(mediaType === 'audio' && { voice: true }),
    }
    return { kind: mediaType, media, ...(line.caption !== undefined && { caption: line.caption }) }
  }
  return JSON.parse(JSON.stringify(line.content).replaceAll('{name}', firstName)) as InboundContent | OutboundContent
}

type Telling = { scene: Scene; actor: Actor; conversationId: string; placed: readonly Placed[] }

function messageRow(stage: Stage, { scene, actor, conversationId, placed, line }: Telling & { line: Placed }): Row {
  const index = placed.indexOf(line)
  const answers = 'answers' in line && line.answers !== undefined ? placed[index - line.answers]?.externalId : undefined
  const common = {
    id: line.id,
    conversation_id: conversationId,
    contact_id: actor.id,
    kind: line.content.kind,
    content: line.content,
    external_id: line.by === 'house' ? null : line.externalId,
    reply_to_external_id: answers ?? null,
    sent_at: iso(line.atMs),
    created_at: iso(line.atMs),
  }
  if (line.by === 'contact') {
    const seq = placed.slice(0, index + 1).filter((one) => one.by === 'contact' && !one.held).length
    const held = { held_until: iso(stage.nowMs + HELD_FOR_MS), held_reason: 'message_limit' }
    return {
      ...common,
      direction: 'inbound',
      sender_type: 'contact',
      sender_id: actor.id,
      ...(line.held ? held : { seq }),
    }
  }
  if (line.by === 'house') {
    const personId = stage.agents[line.agent ?? scene.agent ?? 0]!
    const content =
      line.code.startsWith('taken') || line.code === 'assigned'
        ? { ...line.content, params: { personId } }
        : line.content
    return {
      ...common,
      content,
      direction: 'internal',
      sender_type: 'system',
      sender_id: line.agent === undefined ? null : personId,
    }
  }
  return { ...common, ...outboundColumns(stage, { scene, placed, line, index }) }
}

function outboundColumns(
  stage: Stage,
  {
    scene,
    placed,
    line,
    index,
  }: { scene: Scene; placed: readonly Placed[]; line: Placed & { by: 'agent' | 'flow' }; index: number },
): Row {
  const answeredLater = placed.slice(index + 1).some((one) => one.by === 'contact')
  const state = line.state ?? (answeredLater ? 'read' : 'delivered')
  const arrived = state === 'read' || state === 'delivered'
  const byFlow = line.by === 'flow'
  return {
    direction: 'outbound',
    sender_type: byFlow ? 'flow' : 'user',
    sender_id: byFlow ? null : stage.agents[('agent' in line ? line.agent : undefined) ?? scene.agent ?? 0]!,
    outbound_seq: placed.slice(0, index + 1).filter((one) => one.by === 'agent' || one.by === 'flow').length,
    state,
    message_class: line.reminder ? 'reminder' : 'reply',
    epoch: 0,
    attempt: 1,
    automated: byFlow,
    possible_duplicate: line.possibleDuplicate ?? false,
    failure: line.failure ?? null,
    run_id: byFlow && scene.flow !== undefined ? runIdOf(stage, scene) : null,
    node_id: 'node' in line ? (line.node ?? null) : null,
    settled_at: iso(line.atMs + 2_000),
    delivered_at: arrived ? iso(line.atMs + 3_000) : null,
    read_at: state === 'read' ? iso(line.atMs + MINUTE / 2) : null,
  }
}

const runIdOf = (stage: Stage, scene: Scene): string =>
  seedId(stage.nowMs - scene.ageMin * MINUTE, stage.tenantId, scene.key, 'run')

function conversationRow(stage: Stage, { scene, actor, conversationId, placed }: Telling): Row {
  const spoken = placed.filter((line) => line.by !== 'house')
  const inbound = spoken.filter((line) => line.by === 'contact')
  const outbound = spoken.filter((line) => line.by === 'agent' || line.by === 'flow')
  const last = spoken.at(-1)!
  const preview = previewOf(last.content)
  const taken = inbound.filter((line) => !line.held).length
  const isAssigned = scene.state === 'assigned' || scene.state === 'snoozed'
  const epoch = placed.filter((line) => line.by === 'house').length
  return {
    id: conversationId,
    contact_id: actor.id,
    state: scene.state,
    owner_kind: isAssigned ? 'user' : 'none',
    owner_id: isAssigned ? stage.agents[scene.agent ?? 0] : null,
    epoch,
    last_seq: taken,
    handled_seq: taken,
    outbound_seq: outbound.length,
    needs_people: scene.state === 'queued' || isAssigned,
    priority: scene.priority ?? 'normal',
    close_reason: scene.closeReason ?? null,
    snoozed_until: scene.snoozeMin === undefined ? null : iso(stage.nowMs + scene.snoozeMin * MINUTE),
    window_expires_at: inbound.length === 0 ? null : iso(inbound.at(-1)!.atMs + DAY),
    first_message_at: iso(spoken[0]!.atMs),
    first_response_at: outbound[0] === undefined ? null : iso(outbound[0].atMs),
    last_message_at: iso(last.atMs),
    last_message_preview: preview.text ?? '',
    last_message_label: preview.label ?? null,
    last_message_direction: last.by === 'contact' ? 'inbound' : 'outbound',
    unread_count: scene.unread ?? 0,
    held_count: inbound.length - taken,
    created_at: iso(spoken[0]!.atMs),
    closed_at: scene.state === 'closed' ? iso(placed.at(-1)!.atMs) : null,
    metadata: {},
  }
}

/** The run whose flow spoke in a scene: over, with the nodes it passed. */
function runRows(stage: Stage, { scene, actor, conversationId, placed }: Telling): NonNullable<SceneRows['run']> {
  const id = runIdOf(stage, scene)
  const { flowId, versionId } = stage.flows[scene.flow!]
  const steps = placed.filter((line) => line.by === 'flow')
  const startMs = placed[0]!.atMs
  const endMs = (steps.at(-1)?.atMs ?? startMs) + 1_000
  const outcome =
    scene.state === 'queued' || scene.state === 'assigned'
      ? 'handed_over'
      : scene.closeReason === 'idle'
        ? 'expired'
        : 'completed'
  const told = [
    { kind: 'started', nodeId: 'start', atMs: startMs },
    ...steps.map((line) => ({
      kind: 'entered',
      nodeId: ('node' in line ? line.node : undefined) ?? 'start',
      atMs: line.atMs,
    })),
    { kind: 'ended', nodeId: null, atMs: endMs },
  ]
  return {
    row: {
      id,
      flow_id: flowId,
      flow_version_id: versionId,
      contact_id: actor.id,
      conversation_id: conversationId,
      cause: { key: `demo:${scene.key}`, trigger: { kind: scene.flow === 'order' ? 'keyword' : 'any_message' } },
      state: 'closed',
      posture: 'ended',
      outcome,
      turn: told.length,
      rung: 1,
      started_at: iso(startMs),
      updated_at: iso(endMs),
      ended_at: iso(endMs),
      interpreter: { variables: {} },
    },
    events: told.map(({ kind, nodeId, atMs }, turn) => ({
      id: seedId(atMs, id, 'event', turn),
      run_id: id,
      turn,
      at: iso(atMs),
      kind,
      node_id: nodeId,
      detail: kind === 'ended' ? { outcome } : {},
    })),
  }
}
