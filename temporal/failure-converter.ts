import { DefaultFailureConverter, type PayloadConverter, type SerializationContext } from '@temporalio/common'
import type { temporal } from '@temporalio/proto'

type Failure = temporal.api.failure.v1.IFailure

const MESSAGE_MAX_CHARS = 4_000
const STACK_MAX_CHARS = 8_000
const DETAILS_MAX_BYTES = 16_384

/**
 * Puts message and stack of a failure where the codec can seal them; the SDK's default leaves both in clear.
 * Both are cut: a failure that is itself too large could not be reported at all. This file enters the workflow bundle.
 */
class SealedFailureConverter extends DefaultFailureConverter {
  override errorToFailure(error: unknown, payloadConverter: PayloadConverter, context?: SerializationContext): Failure {
    const failure: Failure = { ...this.errorToFailureInner(error, payloadConverter, context) }
    const attributes = {
      message: cut(failure.message, MESSAGE_MAX_CHARS),
      stack_trace: cut(failure.stackTrace, STACK_MAX_CHARS),
    }
    failure.message = 'Encoded failure'
    failure.stackTrace = ''
    failure.encodedAttributes = payloadConverter.toPayload(attributes, context)
    const application = failure.applicationFailureInfo
    if (application?.details && sizeOf(application.details.payloads) > DETAILS_MAX_BYTES) {
      failure.applicationFailureInfo = { ...application, details: null }
    }
    return failure
  }
}

const cut = (text: string | null | undefined, maxChars: number): string => (text ?? '').slice(0, maxChars)

const sizeOf = (payloads: temporal.api.common.v1.IPayload[] | null | undefined): number =>
  (payloads ?? []).reduce((sum, payload) => sum + (payload.data?.length ?? 0), 0)

export const failureConverter = new SealedFailureConverter({ encodeCommonAttributes: true })
