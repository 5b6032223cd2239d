-- What lists and search need. Under row-level security only leakproof operators may drive an index: text comparison is
-- one, LIKE and trigrams are not. So people are found by the beginnings of their words, kept in a table of words.

-- Lower case without accents; the collation is fixed, because [:alnum:] of a C database knows no Arabic letter.
create function search_words(input text) returns text[] language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
    select coalesce(array_agg(distinct left(word, 40)), '{}')
    from regexp_split_to_table(
      lower(regexp_replace(normalize(coalesce(input, ''), NFKD) collate "pg_c_utf8", '[\u0300-\u036f\u064b-\u065f]', '', 'g')),
      '[^[:alnum:]_]+') as word
    where word <> ''
  $$;

-- What people type of a number: all of it, its national part (8 to 10 digits without the leading zero), its last four.
create function phone_endings(phone text) returns text[] language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
    select coalesce(array_agg(distinct right(digits, n)), '{}')
    from (select regexp_replace(coalesce(phone, ''), '\D', '', 'g') as digits) d, unnest(array[20, 10, 9, 8, 4]) n
    where digits <> ''
  $$;

create table contact_words (
  tenant_id uuid not null,
  word text collate "C" not null,
  contact_id uuid not null,
  primary key (tenant_id, word, contact_id),
  foreign key (tenant_id, contact_id) references contacts (tenant_id, id) on delete cascade
);
create index contact_words_by_contact on contact_words (tenant_id, contact_id);
alter table contact_words enable row level security;
alter table contact_words force row level security;
create policy tenant on contact_words for all to holdfast_app
  using (tenant_id = (select current_tenant())) with check (tenant_id = (select current_tenant()));
grant select, insert, update, delete on contact_words to holdfast_app;

-- Triggers run as their caller, inside the caller's walls. A new contact has no words yet, so nothing is looked up for it:
-- intake makes contacts while somebody waits for an acknowledgement.
create function contact_words_insert() returns trigger language plpgsql
  set search_path = pg_catalog, public as $$
begin
  insert into contact_words (tenant_id, word, contact_id)
  select distinct new.tenant_id, word, new.id
  from unnest(search_words(new.name) || search_words(new.email) || phone_endings(new.phone)) as word;
  return null;
end $$;
create trigger contact_words_insert after insert on contacts for each row execute function contact_words_insert();

create function contact_words_refresh() returns trigger language plpgsql
  set search_path = pg_catalog, public as $$
declare
  wanted text[] := '{}';
begin
  if new.erased_at is null then
    wanted := search_words(new.name) || search_words(new.email) || phone_endings(new.phone)
      || array(select unnest(search_words(i.username)) from contact_identities i
        where i.tenant_id = new.tenant_id and i.contact_id = new.id and i.username is not null);
  end if;
  delete from contact_words w
  where w.tenant_id = new.tenant_id and w.contact_id = new.id and not (w.word = any(wanted));
  insert into contact_words (tenant_id, word, contact_id)
  select distinct new.tenant_id, word, new.id from unnest(wanted) as word
  on conflict do nothing;
  return null;
end $$;
create trigger contact_words_refresh after update of name, email, phone, erased_at on contacts
  for each row when (old.name is distinct from new.name or old.email is distinct from new.email
    or old.phone is distinct from new.phone or old.erased_at is distinct from new.erased_at)
  execute function contact_words_refresh();

create function contact_words_username() returns trigger language plpgsql
  set search_path = pg_catalog, public as $$
begin
  insert into contact_words (tenant_id, word, contact_id)
  select new.tenant_id, word, new.contact_id from unnest(search_words(new.username)) as word
  on conflict do nothing;
  return null;
end $$;
create trigger contact_words_username after insert or update of username, contact_id on contact_identities
  for each row when (new.username is not null) execute function contact_words_username();

-- The inbox opens on what is not closed; closed conversations only grow.
create index conversations_open on conversations (tenant_id, last_message_at desc, id desc) where state <> 'closed';
create index conversations_wanting_people on conversations (tenant_id, last_message_at desc, id desc) where needs_people;

-- FLOW-16: what became of the runs of a flow.
create index runs_ended on runs (tenant_id, flow_id, ended_at) include (outcome) where ended_at is not null;

create index templates_by_name on templates (tenant_id, name, id);
