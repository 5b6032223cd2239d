-- Under an Idempotency-Key something was committed: whoever asks again under it is not served twice, whatever became of the answer.
alter table idempotency_keys add column committed_at timestamptz;
