/**
 * The tables that sign-in has beside the library's own, in the same schema. They refer to its table of people, which
 * is made at the start of a process and not by a migration, so these are made there too. What is done to an account is noted
 * in the transaction that does it, also where the library does it, so that the logs hear of it whatever dies in between.
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
create table if not exists account_acts (
  seq bigint generated always as identity primary key,
  id uuid not null default gen_random_uuid(),
  person_id uuid not null,
  action text not null,
  detail jsonb not null default '{}',
  at timestamptz not null default now()
);
create index if not exists account_acts_by_person on account_acts (person_id);
create or replace function note_account_act() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  insert into auth.account_acts (person_id, action)
  values ((to_jsonb(case when tg_op = 'DELETE' then old else new end) ->> tg_argv[0])::uuid, tg_argv[1]);
  return null;
end $$;
create or replace trigger note_password after update of password on account
  for each row when (new.password is distinct from old.password)
  execute function note_account_act('userId', 'auth.password_change');
create or replace trigger note_totp_on after update of confirmed_at on totp_secrets
  for each row when (old.confirmed_at is null and new.confirmed_at is not null)
  execute function note_account_act('person_id', 'auth.totp_on');
create or replace trigger note_totp_off after delete on totp_secrets
  for each row when (old.confirmed_at is not null) execute function note_account_act('person_id', 'auth.totp_off');
create or replace trigger note_passkey_on after insert on passkeys
  for each row execute function note_account_act('person_id', 'auth.passkey_on');
create or replace trigger note_passkey_rename after update of name on passkeys
  for each row execute function note_account_act('person_id', 'auth.passkey_rename');
create or replace trigger note_passkey_off after delete on passkeys
  for each row execute function note_account_act('person_id', 'auth.passkey_off');
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
