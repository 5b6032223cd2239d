/** Whether the choice of a snooze is open, and whether it asks for a time of one's own. */
export class SnoozeState {
  open = $state(false)
  custom = $state(false)
}
