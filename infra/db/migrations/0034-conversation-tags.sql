-- The tags of a conversation, which say what it was about; those of its contact say who they are.
create table conversation_tags (
  tenant_id uuid not null,
  conversation_id uuid not null,
  tag_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, conversation_id, tag_id),
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade,
  foreign key (tenant_id, tag_id) references tags (tenant_id, id) on delete cascade
);
create index conversation_tags_by_tag on conversation_tags (tenant_id, tag_id);

alter table conversation_tags enable row level security;
alter table conversation_tags force row level security;
create policy tenant on conversation_tags for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, update, delete on conversation_tags to holdfast_app;
