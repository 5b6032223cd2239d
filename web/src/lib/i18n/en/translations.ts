export const translations = {
  title: 'Texts',
  text: 'Say anything in the product in your own words. It shows at once, for everybody in your workspace.',
  search: 'Find a text',
  only_own: 'Changed',
  as_it_is: 'as it is',
  own_text: 'Your text for {key}',
  reset: 'Back to the original',
  broken: 'The braces do not close, or a value is used that this text does not have.',
  mails: 'Mails and pushes',
  needs_link: 'Keep {link}: it is what this mail is for.',
  none: 'No text fits',
  none_own: 'No text of this language is changed yet.',
} as const
