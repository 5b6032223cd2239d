export const settings = {
  language: 'Language',
  theme: 'Theme',
  theme_system: 'As the system',
  theme_light: 'Light',
  theme_dark: 'Dark',
  compact: 'Compact rows',
} as const
