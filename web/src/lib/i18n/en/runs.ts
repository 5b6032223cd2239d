export const runs = {
  state_starting: 'Starting',
  state_open: 'Running',
  state_parked: 'Paused',
  state_closed: 'Ended',
  state_failed: 'Failed',
  posture_working: 'Working',
  posture_asking: 'Waits for an answer',
  posture_calling: 'Waits for another system',
  posture_delaying: 'Waits for its time',
  posture_waiting_floor: 'Waits until the conversation is free',
  posture_ended: 'Ended',
} as const
