export { mailTexts } from '#domain/mails/texts.ts'
