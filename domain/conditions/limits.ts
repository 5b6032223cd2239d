/** Bounds of one condition as it is saved, and of one evaluation. */
export const CONDITION_DEPTH_MAX = 20
export const CONDITION_PARTS_MAX = 500
export const CONDITION_STRING_MAX = 1_000
export const OPERATIONS_MAX = 10_000
export const LIST_ITEMS_MAX = 1_000
export const CAT_CHARS_MAX = 4_096
