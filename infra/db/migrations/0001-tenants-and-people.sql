-- Tenants, people and what they may do. The tenant's context is the setting app.tenant, set per transaction;
-- without it every policy compares with null and shows nothing.

create function current_tenant() returns uuid language sql stable parallel safe
  set search_path = pg_catalog
  as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;

create table tenants (
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  status text not null default 'active' check (status in ('active', 'suspended')),
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  plan text not null default 'default',
  quotas jsonb not null default '{}',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- A person exists once, whatever the number of tenants; the id is that of the sign-in identity.
create table people (
  id uuid primary key,
  email text not null,
  name text not null check (length(name) between 1 and 120),
  locale text not null default 'en',
  preferences jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index people_email_unique on people (lower(email));

create table roles (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  name text not null check (length(name) between 1 and 80),
  permissions text[] not null default '{}',
  built_in boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, key)
);

create table memberships (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  person_id uuid not null references people on delete cascade,
  role_id uuid not null,
  status text not null default 'active' check (status in ('active', 'disabled')),
  availability text not null default 'offline' check (availability in ('online', 'away', 'busy', 'offline')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, person_id),
  foreign key (tenant_id, role_id) references roles (tenant_id, id)
);
create index memberships_by_person on memberships (person_id);

create table invitations (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  email text not null,
  role_id uuid not null,
  token_hash bytea not null unique,
  invited_by uuid references people on delete set null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, role_id) references roles (tenant_id, id)
);

create table calendars (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null check (length(name) between 1 and 80),
  time_zone text not null,
  hours jsonb not null default '[]',
  holidays jsonb not null default '[]',
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create unique index calendars_one_default on calendars (tenant_id) where is_default;

create table audit_log (
  id uuid not null,
  tenant_id uuid not null,
  at timestamptz not null default now(),
  actor jsonb not null,
  action text not null,
  subject_type text not null,
  subject_id text not null,
  detail jsonb not null default '{}',
  request_id text,
  primary key (id)
) partition by range (id);
create index audit_log_by_tenant on audit_log (tenant_id, id desc);

create table idempotency_keys (
  tenant_id uuid not null references tenants on delete cascade,
  principal text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  response_status int,
  response_body jsonb,
  created_at timestamptz not null default now(),
  primary key (tenant_id, principal, key)
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

create table notifications (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  person_id uuid not null references people on delete cascade,
  kind text not null,
  subject_type text not null,
  subject_id uuid not null,
  params jsonb not null default '{}',
  created_at timestamptz not null default now(),
  read_at timestamptz,
  unique (tenant_id, id)
);
create index notifications_unread on notifications (tenant_id, person_id, id desc) where read_at is null;

create table translation_overrides (
  tenant_id uuid not null references tenants on delete cascade,
  locale text not null,
  key text not null,
  text text not null check (length(text) <= 4000),
  updated_by uuid,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, locale, key)
);
