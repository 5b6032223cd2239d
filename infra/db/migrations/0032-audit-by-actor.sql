-- "What did this person do": their lines are few among those of everybody, and the newest are wanted first. It is a column
-- because what looks into JSON is not trusted behind row-level security, and would not be looked up in an index.
alter table audit_log add column actor_id text generated always as (actor->>'id') stored;
create index audit_log_by_actor on audit_log (tenant_id, actor_id, id desc);
