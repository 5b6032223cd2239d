export const workspace = {
  title: 'General',
  text: 'What this workspace is called, and when conversations end.',
  about: 'Workspace',
  name: 'Name',
  language_text: 'Of mails, and of what new people see first.',
  time_zone: 'Time zone',
  time_zone_text: 'Flows go by it where a contact has no zone of their own.',
  ends: 'When conversations end',
  ends_text: 'What people are wanted for, or have taken, never ends by itself.',
  idle: 'Hours of silence until the bot ends it',
  idle_text: 'Only where the bot alone has spoken. 0 is never.',
  reopen: 'Hours in which it can be taken up again',
  reopen_text:
    'Who writes within this time after the end goes on in the same conversation. 0 is never: a new one begins.',
} as const
