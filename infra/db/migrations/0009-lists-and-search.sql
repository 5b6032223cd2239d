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

-- Every ending of a number of four digits or more: the beginning of an ending is any part of the number.
create function phone_endings(phone text) returns text[] language sql immutable parallel safe
  set search_path = pg_catalog
  as $$
    select coalesce(array_agg(substr(digits, n)), '{}')
    from (select regexp_replace(coalesce(phone, ''), '\D', '', 'g') as digits) d, generate_series(1, length(digits) - 3) n
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

-- Runs as its caller, inside the caller's walls.
create function refresh_contact_words(of_tenant uuid, of_contact uuid) returns void language sql
  set search_path = pg_catalog, public
  as $$
    with wanted as (
      select unnest(search_words(c.name) || search_words(c.email) || phone_endings(c.phone)) as word
      from contacts c where c.tenant_id = of_tenant and c.id = of_contact and c.erased_at is null
      union
      select unnest(search_words(i.username)) from contact_identities i
      where i.tenant_id = of_tenant and i.contact_id = of_contact
    ), gone as (
      delete from contact_words w
      where w.tenant_id = of_tenant and w.contact_id = of_contact and not exists (select 1 from wanted where wanted.word = w.word)
    )
    insert into contact_words (tenant_id, word, contact_id)
    select of_tenant, word, of_contact from wanted
    on conflict do nothing
  $$;

create function contact_words_follow() returns trigger language plpgsql
  set search_path = pg_catalog, public as $$
begin
  if tg_table_name = 'contacts' then
    perform refresh_contact_words(new.tenant_id, new.id);
  else
    perform refresh_contact_words(new.tenant_id, new.contact_id);
  end if;
  return null;
end $$;
create trigger contact_words_insert after insert on contacts
  for each row execute function contact_words_follow();
create trigger contact_words_update after update of name, email, phone, erased_at on contacts
  for each row when (old.name is distinct from new.name or old.email is distinct from new.email
    or old.phone is distinct from new.phone or old.erased_at is distinct from new.erased_at)
  execute function contact_words_follow();
create trigger contact_words_username after insert or update of username, contact_id on contact_identities
  for each row when (new.username is not null) execute function contact_words_follow();

-- The inbox opens on what is not closed; closed conversations only grow.
create index conversations_open on conversations (tenant_id, last_message_at desc, id desc) where state <> 'closed';
create index conversations_wanting_people on conversations (tenant_id, last_message_at desc, id desc) where needs_people;

-- FLOW-16: what became of the runs of a flow.
create index runs_ended on runs (tenant_id, flow_id, ended_at) include (outcome) where ended_at is not null;

create index templates_by_name on templates (tenant_id, name, id);
