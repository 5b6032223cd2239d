import { fileURLToPath } from 'node:url'
import type { DataConverter } from '@temporalio/common'
import { type CodecOptions, createPayloadCodec } from './codec.ts'

/** For `bundleWorkflowCode` too: workflow code makes failures inside its isolate, with the converter of its bundle. */
export const FAILURE_CONVERTER_PATH = fileURLToPath(new URL('./failure-converter.ts', import.meta.url))

/** The one data converter of clients and workers. All of them must have it: what one seals the others open. */
export const createDataConverter = (options: CodecOptions): DataConverter => ({
  failureConverterPath: FAILURE_CONVERTER_PATH,
  payloadCodecs: [createPayloadCodec(options)],
})
