export { conversation } from './conversations/conversation.ts'
export { readMark } from './conversations/read-mark.ts'
export { flowRun } from './flows/flow-run.ts'
export { mediaFetch } from './media/media-fetch.ts'
