export { conversation } from './conversations/conversation.ts'
export { flowRun } from './flows/flow-run.ts'
export { mediaFetch } from './media/media-fetch.ts'
