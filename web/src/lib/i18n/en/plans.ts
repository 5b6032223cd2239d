export const plans = {
  title: 'Plans',
  text: 'What tenants may use, and how often they may ask.',
  figures_text:
    'An empty figure is that of the house, shown in grey. A change holds at once for everybody who has this plan.',
  key: 'Key',
  key_text: 'For programs; it stays for ever. Small letters, digits and _.',
  own_figures: 'Own figures',
  new: 'New plan',
  new_text: 'It begins with the figures of the house; next you change them.',
  default: 'Default',
  default_text: 'New tenants get this plan.',
  make_default: 'Give it to new tenants',
  retire: 'Retire',
  retired: 'Retired',
  retire_title: 'Retire {name}?',
  retire_text: 'No other tenant gets it any more. Who has it keeps it.',
  restore: 'Bring back',
} as const
