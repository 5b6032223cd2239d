export const people = {
  availability_online: 'Online',
  availability_away: 'Away',
  availability_busy: 'Busy',
  availability_offline: 'Offline',
} as const
