-- Channel accounts, the people who write to them, and what those people agreed to.

create table channels (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  kind text not null default 'whatsapp_cloud' check (kind in ('whatsapp_cloud')),
  name text not null check (length(name) between 1 and 120),
  status text not null default 'connected' check (status in ('connected', 'pending', 'disconnected', 'restricted')),
  status_reason text,
  business_account_id text not null,
  external_id text not null,
  display_phone text not null default '',
  verified_name text not null default '',
  quality text not null default 'UNKNOWN',
  messaging_limit text,
  messages_per_second int not null default 80 check (messages_per_second between 1 and 1000),
  pair_limit boolean not null default true,
  webhook_key text not null unique,
  base_url text,
  access_token bytea not null,
  app_secret bytea not null,
  verify_token bytea not null,
  settings jsonb not null default '{}',
  last_inbound_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (kind, external_id)
);

-- Everything a provider tells about the account itself: quality, limits, names, templates.
create table channel_events (
  id uuid not null,
  tenant_id uuid not null,
  channel_id uuid not null,
  at timestamptz not null default now(),
  kind text not null,
  payload jsonb not null,
  primary key (id)
) partition by range (id);
create index channel_events_by_channel on channel_events (tenant_id, channel_id, id desc);

create table templates (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  channel_id uuid not null,
  provider_id text,
  name text not null,
  language text not null,
  category text not null check (category in ('marketing', 'utility', 'authentication')),
  status text not null default 'draft',
  rejected_reason text,
  quality text,
  components jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, channel_id, name, language),
  foreign key (tenant_id, channel_id) references channels (tenant_id, id) on delete cascade
);

create table custom_fields (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  key text not null check (key ~ '^[a-z][a-z0-9_]{0,39}$'),
  label text not null check (length(label) between 1 and 80),
  type text not null check (type in ('text', 'number', 'date', 'choice', 'checkbox')),
  options jsonb not null default '[]',
  required boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, key)
);

create table contacts (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null default '',
  phone text,
  email text,
  locale text,
  time_zone text,
  fields jsonb not null default '{}',
  blocked boolean not null default false,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  erased_at timestamptz,
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create index contacts_by_age on contacts (tenant_id, id desc);
create index contacts_by_phone on contacts (tenant_id, phone) where phone is not null;

-- Identity is (channel kind, business account, external id). A phone number is an attribute, never the key.
create table contact_identities (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  contact_id uuid not null,
  channel_kind text not null,
  business_account_id text not null,
  external_id text not null,
  type text not null check (type in ('phone', 'user', 'parent_user')),
  username text,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  unique (tenant_id, channel_kind, business_account_id, external_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index contact_identities_by_contact on contact_identities (tenant_id, contact_id);

create table tags (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  name text not null check (length(name) between 1 and 60),
  color text not null default 'grey',
  created_at timestamptz not null default now(),
  unique (tenant_id, id)
);
create unique index tags_name_unique on tags (tenant_id, lower(name));

create table contact_tags (
  tenant_id uuid not null,
  contact_id uuid not null,
  tag_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, contact_id, tag_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade,
  foreign key (tenant_id, tag_id) references tags (tenant_id, id) on delete cascade
);
create index contact_tags_by_tag on contact_tags (tenant_id, tag_id);

create table consents (
  tenant_id uuid not null,
  contact_id uuid not null,
  category text not null check (category in ('marketing', 'utility', 'service')),
  state text not null check (state in ('granted', 'withdrawn')),
  source text not null,
  proof jsonb not null default '{}',
  at timestamptz not null default now(),
  primary key (tenant_id, contact_id, category),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);

-- Nothing may be sent to these, whatever else is true. A null category means every category.
create table suppressions (
  id uuid primary key,
  tenant_id uuid not null references tenants on delete cascade,
  contact_id uuid not null,
  category text check (category in ('marketing', 'utility', 'service')),
  reason text not null,
  created_at timestamptz not null default now(),
  unique (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index suppressions_by_contact on suppressions (tenant_id, contact_id);

-- CONV-13: windows begin with their first message, so a bucket counts what it says it counts.
create table rate_limit_buckets (
  tenant_id uuid not null,
  contact_id uuid not null,
  bucket_type text not null check (bucket_type in ('message', 'conversation')),
  window_start timestamptz not null,
  window_end timestamptz not null,
  count int not null default 0,
  is_blocked boolean not null default false,
  blocked_until timestamptz,
  primary key (tenant_id, contact_id, bucket_type),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index rate_limit_buckets_by_end on rate_limit_buckets (window_end);
