/**
 * The tables that sign-in has beside the library's own, in the same schema. They refer to its table of people, which
 * is made at the start of a process and not by a migration, so these are made there too.
 */
export const AUTH_TABLES = `
create table if not exists attempts (
  key bytea primary key,
  count int not null,
  window_ends_at timestamptz not null
);
create table if not exists totp_secrets (
  person_id uuid primary key references "user" (id) on delete cascade,
  secret bytea not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now()
);
create table if not exists recovery_codes (
  person_id uuid not null references "user" (id) on delete cascade,
  hash text not null,
  used_at timestamptz,
  primary key (person_id, hash)
);
create table if not exists passkeys (
  id uuid primary key,
  person_id uuid not null references "user" (id) on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  name text not null check (length(name) between 1 and 80),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index if not exists passkeys_by_person on passkeys (person_id);
create table if not exists pending_sign_ins (
  token_hash text primary key,
  person_id uuid not null references "user" (id) on delete cascade,
  expires_at timestamptz not null
);
create table if not exists ceremonies (
  key text primary key,
  challenge text not null,
  expires_at timestamptz not null
);
create table if not exists known_devices (
  person_id uuid not null references "user" (id) on delete cascade,
  device_hash text not null,
  seen_at timestamptz not null default now(),
  primary key (person_id, device_hash)
);
create or replace function tell_session_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  perform pg_notify('house_access', to_jsonb(case when tg_op = 'DELETE' then old else new end) ->> tg_argv[0]);
  return null;
end $$;
create or replace trigger tell_session_change
  after delete or update of "tenantId", "supportGrantId", "confirmedAt", "createdAt", "expiresAt" on session
  for each row execute function tell_session_change('userId');
create or replace trigger tell_session_change after insert or delete or update of confirmed_at on totp_secrets
  for each row execute function tell_session_change('person_id');
create or replace trigger tell_session_change after insert or delete on passkeys
  for each row execute function tell_session_change('person_id');
`

/** What is over and would only lie there. */
export const FORGET_OLD = `
delete from session where "expiresAt" < now();
delete from verification where "expiresAt" < now();
delete from pending_sign_ins where expires_at < now();
delete from ceremonies where expires_at < now();
delete from known_devices where seen_at < now() - interval '400 days';
`
