-- Administrators make plans. One of them is what a new tenant gets; one that is retired stays with who has it.
alter table plans add column is_default boolean not null default false;
alter table plans add column retired_at timestamptz;
update plans set is_default = true where key = 'default';
alter table plans add check (not is_default or retired_at is null);
create unique index plans_one_default on plans (is_default) where is_default;
grant insert (key, name, limits), update (name, limits, is_default, retired_at, updated_at) on plans to holdfast_platform;

-- The Idempotency-Keys of whoever asks outside of tenants: administrators of the platform, and people about themselves.
create table person_idempotency_keys (
  person_id uuid not null references people on delete cascade,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  response_status int,
  response_body jsonb,
  created_at timestamptz not null default now(),
  primary key (person_id, key)
);
create index person_idempotency_keys_by_age on person_idempotency_keys (created_at);
alter table person_idempotency_keys enable row level security;
alter table person_idempotency_keys force row level security;
create policy own on person_idempotency_keys for all to holdfast_app
  using (person_id = (select current_person())) with check (person_id = (select current_person()));
grant select, insert, update, delete on person_idempotency_keys to holdfast_app;
create policy relay on person_idempotency_keys for select to holdfast_relay using (true);
create policy relay_delete on person_idempotency_keys for delete to holdfast_relay using (true);
grant select (created_at), delete on person_idempotency_keys to holdfast_relay;
