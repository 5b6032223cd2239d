/** The version of the schema that this code writes; older ones come through `migrations/`. */
export const FLOW_SCHEMA_VERSION = 1

/** Bounds of a definition. A larger one is refused when it is saved. */
export const NODES_MAX = 500
export const EDGES_MAX = 2_000
export const DEFINITION_CHARS_MAX = 65_536
export const VARIABLES_DECLARED_MAX = 100
export const TRIGGERS_MAX = 10

/** Bounds of one step: nodes entered for one event, and node steps of a run without an outside wait. */
export const NODES_PER_EVENT_MAX = 50
export const STEPS_WITHOUT_WAIT_MAX = 1_000
export const SUBFLOW_DEPTH_MAX = 8

/** A run's variables as JSON, and one value of them, in characters. */
export const VARIABLES_CHARS_MAX = 32_768
export const VALUE_CHARS_MAX = 8_192

/**
 * More than this many sends in the window are no talk with a person but two machines in a loop. It is also what WhatsApp
 * lets pass to one contact in that time (one in six seconds).
 */
export const SENDS_PER_WINDOW_MAX = 50
export const SEND_WINDOW_MS = 300_000

/** A run keeps the floor through pauses of up to two minutes in a row; a longer delay gives it back. */
export const PAUSE_KEEPS_FLOOR_MS_MAX = 120_000
/** Delays shorter than this do not count as an outside wait: a cycle of them would be a hot loop in slow motion. */
export const WAIT_COUNTS_FROM_MS = 60_000
export const DELAY_MS_MAX = 400 * 86_400_000

export const ASK_TIMEOUT_MS_MAX = 30 * 86_400_000
export const CALL_TIMEOUT_MS_MAX = 120_000
