-- To whom a file went that people sent from the house. One file may go to many: it goes with the last of them, not with the first.
create table sent_files (
  tenant_id uuid not null,
  file_id uuid not null,
  conversation_id uuid not null,
  primary key (tenant_id, file_id, conversation_id),
  foreign key (tenant_id, file_id) references media_files (tenant_id, id) on delete cascade,
  foreign key (tenant_id, conversation_id) references conversations (tenant_id, id) on delete cascade
);
create index sent_files_by_conversation on sent_files (tenant_id, conversation_id);

alter table sent_files enable row level security;
alter table sent_files force row level security;
create policy tenant on sent_files for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, delete on sent_files to holdfast_app;
